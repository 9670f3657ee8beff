import type { ServerResponse } from 'node:http';

import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';

import { readEnvelope } from '../../mcp/protocol/envelope.ts';
import { rpcError } from '../../mcp/protocol/rpc-error.ts';
import type { FastAnswer } from '../../mcp/fast-path/fast-path-answer.ts';
import type { SubscriptionStreams } from '../../mcp/subscription-streams.ts';
import type { McpHttpEndpoint } from '../../mcp/http-endpoint.ts';
import { batchWrite } from '../routing/batched-writes.ts';
import type { HttpContext } from '../routing/request-context.ts';
import { readRequestBody } from '../routing/request-body.ts';
import type { Route } from '../routing/route.ts';

/** `/mcp`: Streamable HTTP. An invalid body is rejected with a JSON-RPC error. */
export function mcpRoutes(endpoint: Pick<McpHttpEndpoint, 'post' | 'handle'>, streams: SubscriptionStreams): Route[] {
  const route = (method: Route['method'], operation: string, summary: string, handle: Route['handle']): Route => ({
    method,
    path: '/mcp',
    scope: 'tools:call',
    operation,
    summary,
    responses: {
      200: { description: 'JSON-RPC, as one body or as server-sent events' },
      429: { description: 'Too many calls at once; Retry-After says when to retry' },
    },
    handle,
  });
  const withoutBody = (context: HttpContext): Promise<Response> =>
    endpoint.handle(context.req.raw, undefined, context.get('principal'));
  return [
    route('POST', 'mcp', 'One MCP message, in the 2026-07-28 revision or a 2025 one', (context) =>
      post(endpoint, streams, context),
    ),
    route('GET', 'mcp_stream', 'The server-to-client stream of a 2025 session', async (context) =>
      withoutConnection(await streams.open(context.get('principal'), null, () => withoutBody(context))),
    ),
    route('DELETE', 'mcp_end', 'End a 2025 session', async (context) => withoutConnection(await withoutBody(context))),
  ];
}

async function post(
  endpoint: Pick<McpHttpEndpoint, 'post' | 'handle'>,
  streams: SubscriptionStreams,
  context: HttpContext,
): Promise<Response> {
  const body = await readRequestBody(context);
  if (!body.ok) {
    const code = body.status === 413 ? -32_600 : -32_700;
    return rpcError(body.status, code, body.problem.detail, null, body.headers);
  }
  const envelope = readEnvelope(body.value);
  if (!envelope.ok) return rpcError(400, envelope.error.code, envelope.error.message, envelope.error.id);
  const { message } = envelope;
  const principal = context.get('principal');
  if (message['method'] === 'subscriptions/listen') {
    const id = (message['id'] ?? null) as string | number | null;
    const answer = (): Promise<Response> => endpoint.handle(context.req.raw, message, principal);
    return withoutConnection(await streams.open(principal, id, answer));
  }
  const { incoming, outgoing } = context.env;
  const pending = endpoint.post({
    headers: incoming.headers,
    body: message,
    principal,
    address: incoming.socket.remoteAddress,
    request: () => context.req.raw,
    onDisconnect: (listener) => {
      outgoing.once('close', listener);
      return () => outgoing.off('close', listener);
    },
  });
  const answer = pending instanceof Promise ? await pending : pending;
  if (!(answer instanceof Response)) return send(outgoing, answer);
  return withoutConnection(answer);
}

/**
 * Node decides whether the connection stays open: the SDK's `keep-alive` would replace the `close` that Node sends with
 * the last response of a connection.
 */
function withoutConnection(response: Response): Response {
  response.headers.delete('connection');
  return response;
}

/** Writes to Node's response directly: building a web `Response` for a text costs more than the steps before it. */
function send(outgoing: ServerResponse, { status = 200, body, headers }: FastAnswer): Response {
  const length = Buffer.byteLength(body);
  outgoing.writeHead(status, [...headers, 'content-length', String(length)]);
  // ASCII text is the same in both encodings, and Node writes latin1 without a second copy.
  const encoding = length === body.length ? 'latin1' : 'utf8';
  batchWrite(() => outgoing.end(body, encoding));
  return RESPONSE_ALREADY_SENT;
}
