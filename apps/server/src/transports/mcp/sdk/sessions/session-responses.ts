import { SERVER_ERROR } from '../../../../foundation/json-rpc-codes.ts';
import { rpcError } from '../../protocol/rpc-error.ts';

/** As the transports of the SDK answer it, which clients of the 2025 revisions know. */
const NO_SESSION = -32_001;

export function noSession(): Response {
  return rpcError(404, NO_SESSION, 'There is no such session. Send initialize to open a new one.');
}

/** Not 404, on which a client would open another session. */
export function notKnown(): Response {
  const message = 'Whether this session has been ended is not known now. Send the request again in a second.';
  return rpcError(503, SERVER_ERROR, message, null, { 'retry-after': '1' });
}

export function notReached(): Response {
  const message = 'The server that awaits this response cannot be reached now. Send the response again in a second.';
  return rpcError(503, SERVER_ERROR, message, null, { 'retry-after': '1' });
}

/** As the SDK answers a response to nothing: its sender has done nothing wrong, the request may have ended meanwhile. */
export function nothingAsked(): Response {
  return new Response(null, { status: 202 });
}

export function noPlace(): Response {
  return rpcError(503, SERVER_ERROR, 'Too many sessions are in use. End one with DELETE, or try again later.');
}

export function noSessions(): Response {
  return rpcError(405, SERVER_ERROR, 'This server keeps no sessions: send each message with POST.', null, {
    allow: 'POST',
  });
}

export function sessionNeeded(method: string): Response {
  const message = `${method} needs the header Mcp-Session-Id of a session. Send initialize with POST to open one.`;
  return rpcError(405, SERVER_ERROR, message, null, { allow: 'POST' });
}

/** @param types what the Accept header has to contain */
export function notAcceptable(types: string): Response {
  return rpcError(406, SERVER_ERROR, `The Accept header must contain ${types}.`);
}
