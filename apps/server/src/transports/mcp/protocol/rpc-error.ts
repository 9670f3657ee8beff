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
