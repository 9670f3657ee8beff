import type { ConfigStore, Secret } from '@mcp/config';
import { healthJson } from '@mcp/health';

import { jobWaits, milliseconds } from '../configuration/settings/milliseconds.ts';
import type { ServerConfig } from '../configuration/shape/server-config.ts';
import { connectionsPerWorker } from '../configuration/settings/worker-share.ts';
import type { ActiveCredentials } from '../access/active-credentials.ts';
import { loadSealingSecrets, type SealingSecrets } from '../access/sealing-secrets.ts';
import { maySee } from '../access/principal.ts';
import { builtinPrompts } from '../catalog/builtin-prompts.ts';
import { builtinResources } from '../catalog/builtin-resources.ts';
import { executionResource } from '../catalog/execution-resources.ts';
import { OfferedResources } from '../catalog/offered-resources.ts';
import { PromptCatalog } from '../catalog/prompts.ts';
import type { TimeLimit } from '../catalog/time-limit.ts';
import { systemClock } from '../foundation/clock.ts';
import type { LoadedModules } from '../modules/load-modules.ts';
import type { ModuleHost } from '../modules/module-host.ts';
import type { Logger } from '../observability/log/logger.ts';
import { visibleTo } from '../observability/health-checks.ts';
import { StreamQuota } from '../transports/mcp/protocol/stream-quota.ts';
import { InvalidLines } from '../transports/mcp/invalid-lines.ts';
import type { ProtocolDependencies } from '../transports/mcp/protocol/protocol-dependencies.ts';
import { McpHttpEndpoint } from '../transports/mcp/http-endpoint.ts';
import { serverInstructions } from '../transports/mcp/protocol/instructions.ts';
import { ToolListing } from '../transports/mcp/protocol/tool-listing.ts';
import type { StdioEndpoint } from '../transports/mcp/stdio-endpoint.ts';
import type { StdioStreams } from '../transports/mcp/stdio-lines.ts';
import { SubscriptionStreams } from '../transports/mcp/subscription-streams.ts';
import { version } from '../foundation/version.ts';
import type { Calls } from './build-calls.ts';
import type { Cluster } from './build-cluster.ts';
import type { Observability } from './build-observability.ts';
import { createShutdown } from './shutdown.ts';

/** The MCP endpoints. Neither is open before its `open` function is called. */
export interface Mcp extends AsyncDisposable {
  /** Where upstreams offer theirs. */
  readonly prompts: PromptCatalog;
  readonly resources: OfferedResources;
  readonly subscriptionStreams: SubscriptionStreams;
  /** What modules may change in the running server. */
  readonly moduleHost: ModuleHost;
  /** Sessions of 2025-era HTTP clients. */
  readonly sessionCount: () => number;
  /** Whether no request, subscription streams aside, waits for its answer, and over stdio the client has read what it was sent. */
  readonly isAnswered: () => boolean;
  /** Lines on stdin that were not valid messages. */
  readonly invalidLineCount: () => number;
  /** @throws {Error} when a module offers a resource that cannot be registered */
  openHttp(): Promise<McpHttpEndpoint>;
  /** @param streams what the client reads and writes */
  openStdio(streams: StdioStreams): Promise<void>;
}

export interface McpOptions {
  readonly store: ConfigStore<ServerConfig>;
  readonly modules: LoadedModules;
  readonly callers: ActiveCredentials;
  readonly calls: Calls;
  readonly observability: Observability;
  readonly configuration: () => unknown;
  readonly cluster?: Cluster | undefined;
  /** Of the primary of a worker. @default those of the configuration or of this machine */
  readonly secrets?: SealingSecrets | undefined;
}

/** Disposing ends HTTP sessions and subscription streams first, then stdio. */
export function buildMcp(options: McpOptions): Mcp {
  const { store, modules, callers, calls, observability, configuration, cluster: shared } = options;
  const { gateway, toolset } = calls;
  const { logger, notifier, measurements, health } = observability;
  const offeredResources = new OfferedResources(() => notifier.resourcesChanged());
  const contentLimit: TimeLimit = {
    clock: systemClock,
    timeoutMs: () => milliseconds(store.snapshot.values.tool.defaultTimeout),
  };
  const ownPrompts = [...builtinPrompts(gateway), ...modules.prompts];
  const protocol: ProtocolDependencies = {
    gateway,
    jobs: { calls: calls.jobs.calls, waits: () => jobWaits(store.snapshot.values) },
    listing: new ToolListing(gateway),
    resources: [
      ...builtinResources({
        gateway,
        health: (reader) => healthJson(visibleTo(reader, health.report()), { detail: true }),
        metrics: (reader) => measurements.snapshot((tool) => maySee(reader, tool)),
        configuration,
      }),
      executionResource(calls.jobs.calls),
      ...modules.resources,
    ],
    offeredResources,
    contentLimit,
    prompts: new PromptCatalog(ownPrompts, () => notifier.promptsChanged(), contentLimit),
    version,
    instructions: () => serverInstructions(store.snapshot.values),
    onError: (error) => logger.debug({ err: error }, 'protocol.error'),
    onContentFailure: (error) => logger.error({ err: error }, 'content.failed'),
  };
  notifier.follow({
    tools: (principal) => protocol.listing.digest(principal),
    prompts: (principal) => JSON.stringify(protocol.prompts.list(principal)),
    resources: (principal) => offeredResources.digest(principal),
    isHidden: (uri, principal) => offeredResources.isHidden(uri, principal),
  });
  const invalidLines = new InvalidLines({ logger });
  const { server, cluster } = store.snapshot.values;
  // Half of the connections stay free for calls and probes, however many clients keep theirs open.
  const quota = new StreamQuota({ maxTotal: Math.max(1, Math.floor(connectionsPerWorker(server) / 2)) });
  const subscriptionStreams = new SubscriptionStreams({ callers, quota });
  let http: McpHttpEndpoint | undefined;
  let stdio: StdioEndpoint | undefined;
  const dispose = createShutdown({
    onStepFailed: (step, error) => logger.error({ err: error, step }, 'server.stop_step_failed'),
    steps: [
      { name: 'MCP over HTTP', run: () => http?.close() },
      { name: 'MCP streams', run: () => subscriptionStreams[Symbol.dispose]() },
      { name: 'MCP over stdio', run: () => stdio?.close() },
    ],
  });
  return {
    prompts: protocol.prompts,
    resources: offeredResources,
    subscriptionStreams,
    moduleHost: {
      switchTool: (name, offered) =>
        toolset.registry.get(name) !== undefined && toolset.switch(name, offered) === 'done',
      switchPrompt: (name, offered) => protocol.prompts.switch(name, offered),
      resourceUpdated: (uri) => notifier.resourceUpdated(uri),
    },
    sessionCount: () => http?.sessionCount ?? 0,
    isAnswered: () => (http?.answering ?? 0) === 0 && stdio?.isAnswered() !== false,
    invalidLineCount: () => invalidLines.total,
    async openHttp() {
      const { sessions } = server;
      http = new McpHttpEndpoint({
        ...protocol,
        notifier,
        callers,
        quota,
        sessions,
        sharedSessions: shared?.sessions,
        secrets: options.secrets ?? loggedSecrets(cluster.secrets, logger),
      });
      // A resource that cannot be registered fails the start, not the first client that asks.
      if (modules.resources.length > 0) await http.prepare();
      return http;
    },
    async openStdio(streams) {
      const { startStdioEndpoint } = await import('../transports/mcp/stdio-endpoint.ts');
      stdio = startStdioEndpoint({
        ...protocol,
        notifier,
        onInvalidLine: (error) => invalidLines.record(error),
        onUnread: (unreadMs) => logger.warn({ seconds: unreadMs / 1000 }, 'stdio.unread'),
        streams,
      });
      if (modules.resources.length > 0) await stdio.prepare();
    },
    [Symbol.asyncDispose]: dispose,
  };
}

function loggedSecrets(configured: readonly Secret[], logger: Logger): SealingSecrets {
  const { secrets, problem } = loadSealingSecrets(configured);
  if (problem) logger.info(problem, 'sessions.secret_in_memory');
  return secrets;
}
