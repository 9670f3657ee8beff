import { errorMessage, type MessageError } from './parse-message.ts';

/** A JSON-RPC error as an HTTP response of its own. */
export function rpcError(
  status: number,
  code: number,
  message: string,
  id: string | number | null = null,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const body = { jsonrpc: '2.0', error: { code, message }, id };
  return Response.json(body, { status, headers: { 'cache-control': 'no-store', ...headers } });
}

/** The error for a body that is not a valid message. */
export function messageErrorResponse({ code, message, id = 'null' }: MessageError): Response {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  return new Response(errorMessage(id, { code, message }), { status: 400, headers });
}
