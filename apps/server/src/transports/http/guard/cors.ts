/** Methods and request headers that a page of a listed origin may use. */
const METHODS = 'GET, POST, DELETE';
const REQUEST_HEADERS = new Set([
  'accept',
  'authorization',
  'content-type',
  'last-event-id',
  'traceparent',
  'tracestate',
]);
// Header names of the protocol itself, such as MCP-Protocol-Version, Mcp-Session-Id and Mcp-Param-*.
const PROTOCOL_HEADER = /^mcp-[a-z0-9-]{1,64}$/;
const EXPOSED = 'Mcp-Session-Id, MCP-Protocol-Version, Retry-After, WWW-Authenticate, X-Correlation-Id';

/** Headers for every answer to a page of a listed origin. No credentials: cookies never count here. */
export function corsHeaders(origin: string): Record<string, string> {
  return { 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED, vary: 'Origin' };
}

/**
 * Answer headers for a preflight (status 204) from a listed origin. Says nothing about private networks, so a page on
 * the public internet stays out.
 *
 * @param requested value of `Access-Control-Request-Headers`, or undefined
 */
export function preflightHeaders(origin: string, requested: string | undefined): Record<string, string> {
  const names = (requested ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => REQUEST_HEADERS.has(name) || PROTOCOL_HEADER.test(name));
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': METHODS,
    'access-control-allow-headers': names.join(', '),
    'access-control-max-age': '600',
    vary: 'Origin, Access-Control-Request-Headers',
  };
}
