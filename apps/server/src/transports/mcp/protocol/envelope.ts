import { INVALID_REQUEST } from '../../../foundation/json-rpc-codes.ts';
import { isJsonObject, type JsonObject } from './json-object.ts';
import { withoutNullMembers } from './null-members.ts';

/** Why a JSON value is not a valid JSON-RPC message for this server. */
export interface EnvelopeError {
  readonly code: typeof INVALID_REQUEST;
  readonly message: string;
}

export type Envelope =
  | { readonly ok: true; readonly message: JsonObject }
  | { readonly ok: false; readonly error: EnvelopeError };

const MAX_ID_LENGTH = 128;
const MEMBERS: ReadonlySet<string> = new Set(['jsonrpc', 'id', 'method', 'params', 'result', 'error']);

/**
 * Reads one JSON-RPC 2.0 message: a request, a notification or a response. Optional members of params that are `null` are
 * absent, at any depth: several JSON libraries write them so.
 */
export function readEnvelope(body: unknown): Envelope {
  if (Array.isArray(body)) return invalid('Batches are not supported. Send one message per request.');
  if (typeof body !== 'object' || body === null) return invalid('The message must be a JSON object.');
  const message = body as Record<string, unknown>;
  const hasId = Object.hasOwn(message, 'id');
  if (hasId && !isId(message['id']) && !Object.hasOwn(message, 'error')) {
    return invalid(
      `The id must be an integer between -(2^53 - 1) and 2^53 - 1, or a string of at most ${MAX_ID_LENGTH} characters.`,
    );
  }
  if (message['jsonrpc'] !== '2.0') return invalid('The member jsonrpc must be "2.0".');
  for (const member of Object.keys(message)) {
    if (!MEMBERS.has(member)) return invalid('The message has a member that JSON-RPC does not know.');
  }
  const { params } = message;
  if (params !== undefined && (typeof params !== 'object' || Array.isArray(params))) {
    return invalid('The member params must be an object.');
  }
  const isCall = Object.hasOwn(message, 'method');
  const isResponse = Object.hasOwn(message, 'result') || Object.hasOwn(message, 'error');
  if (isCall === isResponse) return invalid('The message must have a method, or a result or an error.');
  if (isResponse && !isResult(message)) {
    return invalid('A response must have a result that is an object, or an error with a code and a message.');
  }
  if (isCall && (typeof message['method'] !== 'string' || message['method'] === '')) {
    return invalid('The method must be a non-empty string.');
  }
  if (params === undefined) return { ok: true, message };
  const given = params === null ? undefined : withoutNullMembers(message['method'], params as JsonObject);
  if (given === params) return { ok: true, message };
  const { params: _, ...others } = message;
  return { ok: true, message: given ? { ...others, params: given } : others };
}

function isId(id: unknown): boolean {
  return typeof id === 'string' ? id.length <= MAX_ID_LENGTH : Number.isSafeInteger(id);
}

/** A response of a client. The SDK answers others in words of its own. */
function isResult({ result, error }: JsonObject): boolean {
  if (error === undefined) return isJsonObject(result);
  return (
    result === undefined &&
    isJsonObject(error) &&
    Number.isSafeInteger(error['code']) &&
    typeof error['message'] === 'string'
  );
}

function invalid(message: string): Envelope {
  return { ok: false, error: { code: INVALID_REQUEST, message } };
}
