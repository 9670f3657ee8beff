import { Hono } from 'hono';

import type { McpHttpEndpoint } from '../mcp/http-endpoint.ts';
import { refusedEnvelope } from '../mcp/envelope.ts';
import type { Authenticator } from '../access/authenticator.ts';
import { DEFAULT_MAX_BODY_BYTES } from './json-body.ts';
import { readJsonBody } from './read-body.ts';
import { requireScope, type HttpEnv } from './request-context.ts';

/** `/mcp`: Streamable HTTP. A body that cannot be read or is no JSON-RPC message is refused in JSON-RPC's own words. */
export function mcpRoute(endpoint: McpHttpEndpoint, authenticator: Authenticator): Hono<HttpEnv> {
  const call = requireScope(authenticator, 'tools:call');
  return new Hono<HttpEnv>()
    .post('/', call, async (context) => {
      const body = await readJsonBody(context.env.incoming, DEFAULT_MAX_BODY_BYTES);
      if (!body.ok) {
        const code = body.status === 413 ? -32_600 : -32_700;
        return rpcError(body.status, code, body.problem.detail, null, body.headers);
      }
      const refused = refusedEnvelope(body.value);
      if (refused) return rpcError(400, refused.code, refused.message, refused.id);
      return endpoint.handle(context.req.raw, body.value, context.var.principal);
    })
    .on(['GET', 'DELETE'], '/', call, (context) => endpoint.handle(context.req.raw, undefined, context.var.principal));
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
