import type { McpHttpEndpoint } from '../../../mcp/http-endpoint.ts';
import type { SubscriptionStreams } from '../../../mcp/subscription-streams.ts';
import type { HttpContext } from '../../routing/request-context.ts';
import type { Route } from '../../routing/route.ts';

export const mcpResponses: Route['responses'] = {
  200: { description: 'JSON-RPC, as one body or as server-sent events' },
  429: { description: 'Too many calls at once; Retry-After says when to retry' },
};

/** `/mcp`: Streamable HTTP, without its POST, which is in mcp-post.ts. */
export function mcpRoutes(endpoint: Pick<McpHttpEndpoint, 'handle'>, streams: SubscriptionStreams): Route[] {
  const route = (method: Route['method'], operation: string, summary: string, handle: Route['handle']): Route => ({
    method,
    path: '/mcp',
    scope: 'tools:call',
    operation,
    summary,
    responses: mcpResponses,
    handle,
  });
  const withoutBody = (context: HttpContext): Promise<Response> =>
    endpoint.handle(context.req.raw, undefined, context.get('principal'));
  return [
    route('GET', 'mcp_stream', 'The server-to-client stream of a 2025 session', async (context) =>
      withoutConnection(await streams.open(context.get('principal'), null, () => withoutBody(context))),
    ),
    route('DELETE', 'mcp_end', 'End a 2025 session', async (context) => withoutConnection(await withoutBody(context))),
  ];
}

/**
 * Node decides whether the connection stays open: the SDK's `keep-alive` would replace the `close` that Node sends with
 * the last response of a connection.
 */
export function withoutConnection(response: Response): Response {
  if (response.headers.get('connection') === 'keep-alive') response.headers.delete('connection');
  return response;
}
