import { rpcError } from '../protocol/rpc-error.ts';

export function noSession(): Response {
  return rpcError(404, -32_001, 'There is no such session. Send initialize to open a new one.');
}

/** Not 404, on which a client would open another session. */
export function notKnown(): Response {
  const message = 'Whether this session has been ended is not known now. Send the request again in a second.';
  return rpcError(503, -32_000, message, null, { 'retry-after': '1' });
}

export function noPlace(): Response {
  return rpcError(503, -32_000, 'Too many sessions are in use. End one with DELETE, or try again later.');
}
