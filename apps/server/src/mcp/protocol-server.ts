/**
 * One MCP protocol instance: the SDK's low-level `Server` with our handlers on it. An instance serves one stdio
 * connection, one 2025-era session, or one request of the 2026 revision. It holds no tools of its own: `tools/list`
 * and `tools/call` read the registry behind the gateway, so an instance costs the same with 1 tool or 500.
 */
import {
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type CallToolResult,
  type ServerContext,
  type ServerOptions,
} from '@modelcontextprotocol/server';

import type { CallLog, LogFields } from '@mcp/tool-base';

import type { Principal } from '../access/principal.ts';
import type { ToolGateway } from '../tool-gateway.ts';
import type { PromptCatalog } from './prompts.ts';
import type { ResourceCatalog } from './resources.ts';
import type { ToolListing } from './tool-listing.ts';
import { toCallToolResult } from './tool-result.ts';

export interface ProtocolServerParts {
  readonly gateway: ToolGateway;
  readonly listing: ToolListing;
  readonly resources: ResourceCatalog;
  readonly prompts: PromptCatalog;
  readonly version: string;
  readonly instructions: () => string;
}

export interface ProtocolServerCaller {
  readonly principal: Principal;
}

/** A protocol instance and what the endpoint needs to know of it. */
export interface ProtocolServer {
  readonly server: Server;
  /** Resource URIs this connection subscribed to (2025-era clients; modern ones subscribe at the endpoint). */
  readonly subscriptions: ReadonlySet<string>;
}

/** Lists change only when the registry does, and clients are told then; a minute is for those who do not listen. */
const listCacheHint = { ttlMs: 60_000, cacheScope: 'private' } as const;
const maxSubscriptions = 256;

const options: ServerOptions = {
  capabilities: {
    tools: { listChanged: true },
    resources: { listChanged: true, subscribe: true },
    prompts: { listChanged: true },
    completions: {},
    logging: {},
  },
  cacheHints: {
    'tools/list': listCacheHint,
    'prompts/list': listCacheHint,
    'resources/list': listCacheHint,
    'resources/templates/list': listCacheHint,
  },
};

export function createProtocolServer(parts: ProtocolServerParts, caller: ProtocolServerCaller): ProtocolServer {
  const server = new Server(
    { name: 'mcp-server', title: 'MCP tool server', version: parts.version },
    { ...options, instructions: parts.instructions() },
  );
  const subscriptions = new Set<string>();

  server.setRequestHandler('tools/list', () => ({ tools: parts.listing.for(caller.principal) }));
  server.setRequestHandler('tools/call', (request, context) => callOverMcp(parts, caller, request.params, context));

  server.setRequestHandler('resources/list', () => ({ resources: parts.resources.list(caller.principal) }));
  server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates: parts.resources.templates() }));
  server.setRequestHandler('resources/read', async (request) => ({
    contents: await parts.resources.read(request.params.uri, caller.principal),
  }));
  server.setRequestHandler('resources/subscribe', (request) => {
    parts.resources.assertKnown(request.params.uri, caller.principal);
    if (subscriptions.size >= maxSubscriptions && !subscriptions.has(request.params.uri)) {
      throw new ProtocolError(
        ProtocolErrorCode.InvalidParams,
        `This connection already watches ${maxSubscriptions} resources; unsubscribe from one first.`,
      );
    }
    subscriptions.add(request.params.uri);
    return {};
  });
  server.setRequestHandler('resources/unsubscribe', (request) => {
    subscriptions.delete(request.params.uri);
    return {};
  });

  server.setRequestHandler('prompts/list', () => ({ prompts: parts.prompts.list() }));
  server.setRequestHandler('prompts/get', (request) =>
    parts.prompts.get(request.params.name, request.params.arguments),
  );
  server.setRequestHandler('completion/complete', async (request) => ({
    completion: await complete(parts, caller.principal, request.params),
  }));

  return { server, subscriptions };
}

async function callOverMcp(
  parts: ProtocolServerParts,
  caller: ProtocolServerCaller,
  params: { name: string; arguments?: Record<string, unknown> | undefined },
  context: ServerContext,
): Promise<CallToolResult> {
  const progressToken = context.mcpReq._meta?.progressToken;
  const result = await parts.gateway.call({
    name: params.name,
    arguments: params.arguments ?? {},
    principal: caller.principal,
    signal: context.mcpReq.signal,
    log: clientLog(context),
    traceparent: context.mcpReq._meta?.['traceparent'] ?? context.http?.req?.headers.get('traceparent'),
    ...(progressToken !== undefined && {
      onProgress: (progress) => {
        context.mcpReq
          .notify({ method: 'notifications/progress', params: { progressToken, ...progress } })
          .catch(() => {});
      },
    }),
  });
  if (result.error?.type === 'not_found') {
    // The specification makes an unknown tool a protocol error, not a tool result. The name is the client's own text
    // and is not repeated.
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, `${result.error.message} ${result.error.suggestion}`);
  }
  return toCallToolResult(result, parts.gateway.registry.get(params.name));
}

/** What a tool logs goes to the client that called it, at the level that client asked for. */
function clientLog(context: ServerContext): CallLog {
  const at = (level: 'debug' | 'info' | 'warning' | 'error') => (message: string, fields?: LogFields) => {
    // The client may be gone by now; the call itself learns that from its signal.
    context.mcpReq.log(level, fields === undefined ? message : { message, ...fields }).catch(() => {});
  };
  return { debug: at('debug'), info: at('info'), warn: at('warning'), error: at('error') };
}

interface CompletionParams {
  readonly ref: { type: 'ref/prompt'; name: string } | { type: 'ref/resource'; uri: string };
  readonly argument: { name: string; value: string };
}

const maxCompletions = 100;

async function complete(
  parts: ProtocolServerParts,
  principal: Principal,
  { ref, argument }: CompletionParams,
): Promise<{ values: string[]; total: number; hasMore: boolean }> {
  const candidates =
    ref.type === 'ref/prompt'
      ? await parts.prompts.complete(ref.name, argument)
      : parts.resources.complete(ref.uri, argument, principal);
  return {
    values: candidates.slice(0, maxCompletions),
    total: candidates.length,
    hasMore: candidates.length > maxCompletions,
  };
}
