/**
 * One MCP protocol instance: the SDK's low-level `Server` with our handlers on it. An instance serves one stdio
 * connection, one 2025-era session, or one request of the 2026 revision. It holds no tools of its own: `tools/list`
 * and `tools/call` read the registry behind the gateway, so an instance costs the same with 1 tool or 500.
 */
import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  McpServer,
  ProtocolError,
  ProtocolErrorCode,
  type ClientCapabilities,
  type Implementation,
  type Server,
  type ServerCapabilities,
  type ServerContext,
  type ServerOptions,
} from '@modelcontextprotocol/server';

import type { Principal } from '../../../access/principal.ts';
import { callTool, getPrompt } from './answer-request.ts';
import { ClientLoggingLevel } from './logging-level.ts';
import { principalOf } from '../handoff/request-extra.ts';
import { serverInfo } from '../protocol/protocol-dependencies.ts';
import { declaresTasks, TASKS_CAPABILITY } from '../protocol/task.ts';
import type { ProtocolServerDependencies } from './protocol-server-dependencies.ts';
import type { RequestContext } from './request-context.ts';
import { serveTasks } from './task-requests.ts';

export interface ProtocolServerCaller {
  /** Who opened the connection. Over HTTP every request brings its own: scopes may have changed since. */
  readonly principal: Principal;
  readonly era: 'modern' | 'legacy';
}

/** A protocol instance and what the endpoint needs to know of it. */
export interface ProtocolServer {
  readonly server: Server;
  /** Holds `server`; the SDK asks it for the schemas behind `Mcp-Param-*` headers. */
  readonly mcpServer: McpServer;
  /** Resource URIs this connection subscribed to (2025-era clients; modern ones subscribe at the endpoint). */
  readonly subscriptions: ReadonlySet<string>;
}

/** The member of a 2026-revision envelope that the SDK's type leaves out; the SDK has validated it. */
interface ClientEnvelope {
  readonly [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities;
  readonly [CLIENT_INFO_META_KEY]?: Implementation;
}

/** Lists change only when the registry does, and clients are notified then; a minute is for those that do not subscribe. */
const listCacheHint = { ttlMs: 60_000, cacheScope: 'private' } as const;
const MAX_SUBSCRIPTIONS = 256;
/** How long a 2025-era client, and the person in front of it, may take for one client input request. */
const INPUT_TIMEOUT_MS = 300_000;

const capabilities: ServerCapabilities = {
  tools: { listChanged: true },
  resources: { listChanged: true, subscribe: true },
  prompts: { listChanged: true },
  completions: {},
  logging: {},
};

const cacheHints: NonNullable<ServerOptions['cacheHints']> = {
  'tools/list': listCacheHint,
  'prompts/list': listCacheHint,
  'resources/list': listCacheHint,
  'resources/templates/list': listCacheHint,
  // Health, statistics and configuration change at any time.
  'resources/read': { ttlMs: 0, cacheScope: 'private' },
};

/**
 * The SDK validates `Mcp-Param-*` headers against the schema of the called tool, and asks an `McpServer` for it; ours comes
 * from the registry. Its own tool, prompt and resource handlers are never installed: it is created without capabilities.
 */
class RegistryServer extends McpServer {
  readonly #headerSchema: (tool: string) => Record<string, unknown> | undefined;

  constructor(
    info: Implementation,
    options: ServerOptions,
    headerSchema: (tool: string) => Record<string, unknown> | undefined,
  ) {
    super(info, options);
    this.server.registerCapabilities(capabilities);
    this.#headerSchema = headerSchema;
  }

  override toolInputSchemaJson(name: string): Record<string, unknown> | undefined {
    return this.#headerSchema(name);
  }
}

export function createProtocolServer(
  dependencies: ProtocolServerDependencies,
  caller: ProtocolServerCaller,
): ProtocolServer {
  const mcpServer = new RegistryServer(
    serverInfo(dependencies.version),
    {
      cacheHints,
      instructions: dependencies.instructions(),
      inputRequired: { roundTimeoutMs: INPUT_TIMEOUT_MS },
      requestState: { verify: (state, context) => dependencies.inputState.verify(state, context) },
    },
    (tool) => dependencies.listing.headerSchema(tool, caller.principal),
  );
  const { server } = mcpServer;
  const logging = new ClientLoggingLevel();
  logging.serve(server);
  const subscriptions = new Set<string>();
  const requestContext = (context: ServerContext): RequestContext => {
    const envelope: ClientEnvelope | undefined = context.mcpReq.envelope;
    const declared = envelope?.[CLIENT_CAPABILITIES_META_KEY] ?? server.getClientCapabilities();
    const client = envelope?.[CLIENT_INFO_META_KEY] ?? server.getClientVersion();
    return { dependencies, context, logging, capabilities: declared, client };
  };

  const callerOf = ({ http }: ServerContext): Principal => principalOf(http?.authInfo) ?? caller.principal;

  const hasTasks = caller.era === 'modern' && dependencies.jobs.calls.isOfferedTo(caller.principal);
  if (hasTasks) {
    server.registerCapabilities(TASKS_CAPABILITY);
    serveTasks(server, { contextOf: requestContext, callerOf });
  }
  server.setRequestHandler('tools/list', ({ params }, context) => {
    const declared = hasTasks && declaresTasks(requestContext(context).capabilities);
    const page = dependencies.listing.page(callerOf(context), params?.cursor, { hasTasks: declared });
    if (page) return page;
    throw new ProtocolError(
      ProtocolErrorCode.InvalidParams,
      'There is no page with this cursor: it was made up, or the tools have changed. Send tools/list without a cursor.',
    );
  });
  server.setRequestHandler('tools/call', (request, context) =>
    callTool(requestContext(context), callerOf(context), request.params),
  );

  server.setRequestHandler('resources/list', (_, context) => ({
    resources: dependencies.resources.list(callerOf(context)),
  }));
  server.setRequestHandler('resources/templates/list', (_, context) => ({
    resourceTemplates: dependencies.resources.templates(callerOf(context)),
  }));
  server.setRequestHandler('resources/read', async (request, context) => ({
    contents: await dependencies.resources.read(request.params.uri, callerOf(context)),
  }));
  server.setRequestHandler('resources/subscribe', (request, context) => {
    dependencies.resources.assertKnown(request.params.uri, callerOf(context));
    if (subscriptions.size >= MAX_SUBSCRIPTIONS && !subscriptions.has(request.params.uri)) {
      throw new ProtocolError(
        ProtocolErrorCode.InvalidParams,
        `This connection is subscribed to ${MAX_SUBSCRIPTIONS} resources, the maximum; unsubscribe from one first.`,
      );
    }
    subscriptions.add(request.params.uri);
    return {};
  });
  server.setRequestHandler('resources/unsubscribe', (request) => {
    subscriptions.delete(request.params.uri);
    return {};
  });

  server.setRequestHandler('prompts/list', () => ({ prompts: dependencies.prompts.list() }));
  server.setRequestHandler('prompts/get', (request, context) => getPrompt(requestContext(context), request.params));
  server.setRequestHandler('completion/complete', async (request, context) => ({
    completion: await complete(dependencies, callerOf(context), request.params),
  }));

  return { server, mcpServer, subscriptions };
}

interface CompletionParams {
  readonly ref: { type: 'ref/prompt'; name: string } | { type: 'ref/resource'; uri: string };
  readonly argument: { name: string; value: string };
}

const MAX_COMPLETIONS = 100;

async function complete(
  dependencies: ProtocolServerDependencies,
  principal: Principal,
  { ref, argument }: CompletionParams,
): Promise<{ values: string[]; total: number; hasMore: boolean }> {
  const candidates =
    ref.type === 'ref/prompt'
      ? await dependencies.prompts.complete(ref.name, argument, principal)
      : dependencies.resources.complete(ref.uri, argument, principal);
  return {
    values: candidates.slice(0, MAX_COMPLETIONS),
    total: candidates.length,
    hasMore: candidates.length > MAX_COMPLETIONS,
  };
}
