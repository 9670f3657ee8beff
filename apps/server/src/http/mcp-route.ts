import type { McpHttpEndpoint } from '../mcp/http-endpoint.ts';
import { refusedEnvelope } from '../mcp/envelope.ts';
import { DEFAULT_MAX_BODY_BYTES } from './json-body.ts';
import { readJsonBody } from './read-body.ts';
import type { HttpContext } from './request-context.ts';
import type { Route } from './route.ts';

/** `/mcp`: Streamable HTTP. A body that cannot be read or is no JSON-RPC message is refused in JSON-RPC's own words. */
export function mcpRoutes(endpoint: McpHttpEndpoint): Route[] {
  const route = (method: Route['method'], operation: string, summary: string, handle: Route['handle']): Route => ({
    method,
    path: '/mcp',
    scope: 'tools:call',
    operation,
    summary,
    answers: { 200: { description: 'JSON-RPC, as one body or as server-sent events' } },
    handle,
  });
  const withoutBody: Route['handle'] = (context) => endpoint.handle(context.req.raw, undefined, context.var.principal);
  return [
    route('POST', 'mcp', 'One MCP message, in the 2026-07-28 revision or a 2025 one', (context) =>
      post(endpoint, context),
    ),
    route('GET', 'mcp_stream', 'The server-to-client stream of a 2025 session', withoutBody),
    route('DELETE', 'mcp_end', 'End a 2025 session', withoutBody),
  ];
}

async function post(endpoint: McpHttpEndpoint, context: HttpContext): Promise<Response> {
  const body = await readJsonBody(context.env.incoming, DEFAULT_MAX_BODY_BYTES);
  if (!body.ok) {
    const code = body.status === 413 ? -32_600 : -32_700;
    return rpcError(body.status, code, body.problem.detail, null, body.headers);
  }
  const refused = refusedEnvelope(body.value);
  if (refused) return rpcError(400, refused.code, refused.message, refused.id);
  return endpoint.handle(context.req.raw, body.value, context.var.principal);
}

function rpcError(
  status: number,
  code: number,
  message: string,
  id: string | number | null,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify({ jsonrpc: '2.0', error: { code, message }, id }), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  });
}
