/**
 * One MCP protocol instance: the SDK's low-level `Server` with our handlers on it. An instance serves one stdio
 * connection, one 2025-era session, or one request of the 2026 revision. It holds no tools of its own: `tools/list`
 * and `tools/call` read the registry behind the gateway, so an instance costs the same with 1 tool or 500.
 */
import { sanitizeText } from '@mcp/tool-base';
import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  McpServer,
  ProtocolError,
  ProtocolErrorCode,
  type ClientCapabilities,
  type Implementation,
  type Server,
  type ServerContext,
  type ServerOptions,
} from '@modelcontextprotocol/server';

import type { Principal } from '../../../../access/principal.ts';
import { addressOf } from '../../handoff/request-extra.ts';
import type { CatalogReader } from '../../../../catalog/catalog-reader.ts';
import { callTool, getPrompt } from './answer-request.ts';
import { withClientErrors } from './client-error.ts';
import { ConnectionSettings } from '../connection/connection-settings.ts';
import { principalOf } from '../../handoff/request-extra.ts';
import { serverInfo } from '../../protocol/protocol-dependencies.ts';
import { LIST_CACHE_HINT, READ_CACHE_HINT, SERVER_CAPABILITIES } from '../../protocol/server-capabilities.ts';
import { declaresTasks, TASKS_CAPABILITY } from '../../protocol/task.ts';
import type { ProtocolServerDependencies } from '../connection/protocol-server-dependencies.ts';
import type { RequestContext } from '../connection/request-context.ts';
import { serveTasks } from './task-requests.ts';

export interface ProtocolServerCaller {
  /** Who opened the connection. Over HTTP every request brings its own: scopes may have changed since. */
  readonly principal: Principal;
  readonly era: 'modern' | 'legacy';
  /** The client has changed one of its settings. */
  readonly onSetting?: (field: string, value: string) => Promise<void>;
  /** Given what makes a prompt, a resource or a completion. @default calls it */
  readonly track?: <T>(make: () => Promise<T>) => Promise<T>;
}

/** A protocol instance and what the endpoint needs to know of it. */
export interface ProtocolServer {
  readonly server: Server;
  /** Holds `server`; the SDK asks it for the schemas behind `Mcp-Param-*` headers. */
  readonly mcpServer: McpServer;
  readonly principal: Principal;
  /** Of 2025-era clients; those of the 2026 revision subscribe at the endpoint, and have no level. */
  readonly settings: ConnectionSettings;
}

/** The member of a 2026-revision envelope that the SDK's type leaves out; the SDK has validated it. */
interface ClientEnvelope {
  readonly [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities;
  readonly [CLIENT_INFO_META_KEY]?: Implementation;
}

/** How long a 2025-era client, and the person in front of it, may take for one client input request. */
const INPUT_TIMEOUT_MS = 300_000;

const cacheHints: NonNullable<ServerOptions['cacheHints']> = {
  'tools/list': LIST_CACHE_HINT,
  'prompts/list': LIST_CACHE_HINT,
  'resources/list': LIST_CACHE_HINT,
  'resources/templates/list': LIST_CACHE_HINT,
  'resources/read': READ_CACHE_HINT,
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
    this.server.registerCapabilities(SERVER_CAPABILITIES);
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
  const settings = new ConnectionSettings({
    assertKnown: (uri, context) => dependencies.resources.assertKnown(uri, callerOf(context)),
    follow: (uri) => dependencies.resources.follow(uri, caller.principal),
    onChange: caller.onSetting,
  });
  settings.serve(server);
  const requestContext = (context: ServerContext): RequestContext => {
    const envelope: ClientEnvelope | undefined = context.mcpReq.envelope;
    const declared = envelope?.[CLIENT_CAPABILITIES_META_KEY] ?? server.getClientCapabilities();
    const client = envelope?.[CLIENT_INFO_META_KEY] ?? server.getClientVersion();
    return { dependencies, context, logging: settings.logging, capabilities: declared, client };
  };

  const callerOf = ({ http }: ServerContext): Principal => principalOf(http?.authInfo) ?? caller.principal;

  const readerOf = (context: ServerContext): CatalogReader => ({
    principal: callerOf(context),
    origin: { address: addressOf(context), client: requestContext(context).client },
    session: context.sessionId,
    signal: context.mcpReq.signal,
  });

  const hasTasks = caller.era === 'modern' && dependencies.jobs.calls.isOfferedTo(caller.principal);
  if (hasTasks) {
    server.registerCapabilities(TASKS_CAPABILITY);
    serveTasks(server, { contextOf: requestContext, callerOf });
  }
  server.setRequestHandler('tools/list', ({ params }, context) => {
    const declared = hasTasks && declaresTasks(requestContext(context).capabilities);
    // Some clients send an empty cursor for the first page.
    const cursor = params?.cursor === '' ? undefined : params?.cursor;
    const page = dependencies.listing.page(callerOf(context), cursor, { hasTasks: declared });
    if (page) return page;
    throw new ProtocolError(
      ProtocolErrorCode.InvalidParams,
      'There is no page with this cursor: it was made up, or the tools have changed. Send tools/list without a cursor.',
    );
  });
  const { onContentFailure = dependencies.onError } = dependencies;
  server.setRequestHandler('tools/call', (request, context) =>
    withClientErrors(onContentFailure, () => callTool(requestContext(context), callerOf(context), request.params)),
  );

  const { track = (make) => make() } = caller;
  const content = <T>(make: () => Promise<T>): Promise<T> => track(() => withClientErrors(onContentFailure, make));
  server.setRequestHandler('resources/list', (_, context) => ({
    resources: dependencies.resources.list(callerOf(context)),
  }));
  server.setRequestHandler('resources/templates/list', (_, context) =>
    withClientErrors(onContentFailure, () => ({
      resourceTemplates: dependencies.resources.templates(callerOf(context)),
    })),
  );
  server.setRequestHandler('resources/read', (request, context) =>
    content(async () => ({
      contents: await dependencies.resources.read(request.params.uri, readerOf(context)),
    })),
  );

  server.setRequestHandler('prompts/list', (_, context) => ({ prompts: dependencies.prompts.list(callerOf(context)) }));
  server.setRequestHandler('prompts/get', (request, context) =>
    content(() => getPrompt(requestContext(context), readerOf(context), request.params)),
  );
  server.setRequestHandler('completion/complete', (request, context) =>
    content(async () => ({
      completion: await complete(dependencies, readerOf(context), request.params),
    })),
  );

  return { server, mcpServer, principal: caller.principal, settings };
}

interface CompletionParams {
  readonly ref: { type: 'ref/prompt'; name: string } | { type: 'ref/resource'; uri: string };
  readonly argument: { name: string; value: string };
}

const MAX_COMPLETIONS = 100;

async function complete(
  dependencies: ProtocolServerDependencies,
  reader: CatalogReader,
  { ref, argument }: CompletionParams,
): Promise<{ values: string[]; total: number; hasMore: boolean }> {
  const candidates =
    ref.type === 'ref/prompt'
      ? await dependencies.prompts.complete(ref.name, argument, reader)
      : await dependencies.resources.complete(ref.uri, argument, reader);
  // A module in JavaScript may offer anything.
  const texts = candidates.filter((candidate: unknown) => typeof candidate === 'string');
  return {
    values: texts.slice(0, MAX_COMPLETIONS).map((value) => sanitizeText(value).text),
    total: texts.length,
    hasMore: texts.length > MAX_COMPLETIONS,
  };
}
