/** Why a JSON value is not a valid JSON-RPC message for this server. */
export interface EnvelopeError {
  readonly code: -32600;
  readonly message: string;
  /** The request's own id where it could be read. */
  readonly id: string | number | null;
}

const MAX_ID_LENGTH = 128;
const members = new Set(['jsonrpc', 'id', 'method', 'params', 'result', 'error']);

/** `undefined` when `body` is one well-formed JSON-RPC 2.0 message: a request, a notification or a response. */
export function envelopeError(body: unknown): EnvelopeError | undefined {
  if (Array.isArray(body)) return invalid('Batches are not supported. Send one message per request.');
  if (typeof body !== 'object' || body === null) return invalid('The body must be one JSON-RPC message.');
  const message = body as Record<string, unknown>;
  const hasId = Object.hasOwn(message, 'id');
  const id = hasId ? readableId(message['id']) : null;
  if (hasId && id === null && !Object.hasOwn(message, 'error')) {
    return invalid(`The id must be an integer or a string of at most ${MAX_ID_LENGTH} characters.`);
  }
  if (message['jsonrpc'] !== '2.0') return invalid('The member jsonrpc must be "2.0".', id);
  for (const member of Object.keys(message)) {
    if (!members.has(member)) return invalid('The message has a member that JSON-RPC does not know.', id);
  }
  const { params } = message;
  if (params !== undefined && (typeof params !== 'object' || params === null || Array.isArray(params))) {
    return invalid('The member params must be an object.', id);
  }
  const isCall = Object.hasOwn(message, 'method');
  const isResponse = Object.hasOwn(message, 'result') || Object.hasOwn(message, 'error');
  if (isCall === isResponse) return invalid('The message must have a method, or a result or an error.', id);
  if (isCall && (typeof message['method'] !== 'string' || message['method'] === '')) {
    return invalid('The method must be a non-empty string.', id);
  }
  return undefined;
}

function readableId(id: unknown): string | number | null {
  if (typeof id === 'string') return id.length <= MAX_ID_LENGTH ? id : null;
  return typeof id === 'number' && Number.isSafeInteger(id) ? id : null;
}

function invalid(message: string, id: string | number | null = null): EnvelopeError {
  return { code: -32_600, message, id };
}
