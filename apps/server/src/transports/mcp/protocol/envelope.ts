export type JsonObject = Readonly<Record<string, unknown>>;

/** Why a JSON value is not a valid JSON-RPC message for this server. */
export interface EnvelopeError {
  readonly code: -32600;
  readonly message: string;
  /** The id of the request where it could be read. */
  readonly id: string | number | null;
}

export type Envelope =
  | { readonly ok: true; readonly message: JsonObject }
  | { readonly ok: false; readonly error: EnvelopeError };

const MAX_ID_LENGTH = 128;
const MEMBERS: ReadonlySet<string> = new Set(['jsonrpc', 'id', 'method', 'params', 'result', 'error']);

/** Optional members of params in several methods. */
const NULLABLE_PARAMS = ['arguments', 'cursor', '_meta'];

/**
 * Reads one JSON-RPC 2.0 message: a request, a notification or a response. Optional members that are `null` are absent:
 * several JSON libraries write them so.
 */
export function readEnvelope(body: unknown): Envelope {
  if (Array.isArray(body)) return invalid('Batches are not supported. Send one message per request.');
  if (typeof body !== 'object' || body === null) return invalid('The body must be one JSON-RPC message.');
  const message = body as Record<string, unknown>;
  const hasId = Object.hasOwn(message, 'id');
  const id = hasId ? readableId(message['id']) : null;
  if (hasId && id === null && !Object.hasOwn(message, 'error')) {
    return invalid(
      `The id must be an integer between -(2^53 - 1) and 2^53 - 1, or a string of at most ${MAX_ID_LENGTH} characters.`,
    );
  }
  if (message['jsonrpc'] !== '2.0') return invalid('The member jsonrpc must be "2.0".', id);
  for (const member of Object.keys(message)) {
    if (!MEMBERS.has(member)) return invalid('The message has a member that JSON-RPC does not know.', id);
  }
  const { params } = message;
  if (params !== undefined && (typeof params !== 'object' || Array.isArray(params))) {
    return invalid('The member params must be an object.', id);
  }
  const isCall = Object.hasOwn(message, 'method');
  const isResponse = Object.hasOwn(message, 'result') || Object.hasOwn(message, 'error');
  if (isCall === isResponse) return invalid('The message must have a method, or a result or an error.', id);
  if (isCall && (typeof message['method'] !== 'string' || message['method'] === '')) {
    return invalid('The method must be a non-empty string.', id);
  }
  return { ok: true, message: withoutNulls(message) };
}

function withoutNulls(message: JsonObject): JsonObject {
  const params = message['params'] as JsonObject | null | undefined;
  if (params === undefined) return message;
  if (params === null) return withoutMembers(message, ['params']);
  if (params['arguments'] !== null && params['cursor'] !== null && params['_meta'] !== null) return message;
  return {
    ...message,
    params: withoutMembers(
      params,
      NULLABLE_PARAMS.filter((name) => params[name] === null),
    ),
  };
}

function withoutMembers(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

function readableId(id: unknown): string | number | null {
  if (typeof id === 'string') return id.length <= MAX_ID_LENGTH ? id : null;
  return typeof id === 'number' && Number.isSafeInteger(id) ? id : null;
}

function invalid(message: string, id: string | number | null = null): Envelope {
  return { ok: false, error: { code: -32_600, message, id } };
}
