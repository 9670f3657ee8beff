/** Methods and request headers that a page of an allowed origin may use. */
const METHODS = 'GET, POST, DELETE';
const REQUEST_HEADERS = new Set([
  'accept',
  'authorization',
  'content-type',
  'last-event-id',
  'traceparent',
  'tracestate',
]);
// Header names of MCP, such as MCP-Protocol-Version, Mcp-Session-Id and Mcp-Param-*.
const PROTOCOL_HEADER = /^mcp-[a-z0-9-]{1,64}$/;
const EXPOSED = 'Mcp-Session-Id, MCP-Protocol-Version, Retry-After, WWW-Authenticate, X-Correlation-Id';

/** Headers for every response to a page of an allowed origin. No `Allow-Credentials`: this server uses no cookies. */
export function corsHeaders(origin: string): Record<string, string> {
  return { 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED, vary: 'Origin' };
}

/**
 * Headers of a preflight response (status 204) for an allowed origin. Private network access is not granted, so browsers
 * keep pages of the public internet out.
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
