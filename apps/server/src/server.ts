/**
 * The composition root: the only place where the packages meet. Everything is made here, in the order in which it is
 * needed, and ended in `stop`, in the reverse order of what a caller would notice.
 *
 *   configuration -> tools behind the gateway -> MCP and HTTP in front of it; metrics, health, events and audit beside it
 */
import type { ConfigStore, ServerConfig } from '@mcp/config';
import { healthJson, HealthMonitor } from '@mcp/health';
import { BreakerMetrics, SystemMetrics, ToolMetrics } from '@mcp/metrics';
import type { Launcher } from '@mcp/tool-base';
import { Registry } from 'prom-client';

import { AccessControl, type KeyOrigin } from './access/access-control.ts';
import { AuditTrail } from './audit/audit-trail.ts';
import { openAuditStore } from './audit/open-audit-store.ts';
import { EventStreams } from './events/event-streams.ts';
import { MemoryEventBus } from './events/memory-event-bus.ts';
import { healthChecks } from './health-checks.ts';
import { createApp } from './http/app.ts';
import { HttpListener } from './http/http-listener.ts';
import type { Logger } from './log/logger.ts';
import { builtinPrompts } from './mcp/builtin-prompts.ts';
import { builtinResources } from './mcp/builtin-resources.ts';
import { ChangeNotifier } from './mcp/change-notifier.ts';
import { McpHttpEndpoint } from './mcp/http-endpoint.ts';
import { serverInstructions } from './mcp/instructions.ts';
import { PromptCatalog } from './mcp/prompts.ts';
import type { ProtocolServerParts } from './mcp/protocol-server.ts';
import { ResourceCatalog } from './mcp/resources.ts';
import { startStdioEndpoint, type StdioEndpoint } from './mcp/stdio-endpoint.ts';
import { ToolListing } from './mcp/tool-listing.ts';
import { MemoryRateLimiter } from './rate-limit/memory-rate-limiter.ts';
import { createShutdown, drained } from './shutdown.ts';
import { ToolGateway } from './tool-gateway.ts';
import { Toolset } from './toolset.ts';
import { version } from './version.ts';
import { watchHealth, watchRegistry } from './wiring.ts';

export interface ToolServerOptions {
  readonly store: ConfigStore<ServerConfig>;
  readonly launcher: Launcher;
  readonly logger: Logger;
}

export interface ToolServer {
  /** Listens, or speaks on stdin and stdout. @throws StartError when the port cannot be had */
  start(): Promise<StartedServer>;
  /** Ends everything, once; running calls get the grace period first. */
  stop(): Promise<void>;
}

export interface StartedServer {
  /** Without a slash at the end; `undefined` in stdio mode. */
  readonly url: string | undefined;
  readonly key: KeyOrigin;
  readonly tools: readonly string[];
}

/** How long killed calls may take to be answered, once the grace period is over. */
const abortedCallsMs = 5000;

export function createToolServer({ store, launcher, logger }: ToolServerOptions): ToolServer {
  const { values } = store.snapshot;
  const registry = new Registry();
  const toolMetrics = new ToolMetrics({ registry });
  const breakerMetrics = new BreakerMetrics({ registry });
  const systemMetrics = new SystemMetrics({ registry });
  const events = new MemoryEventBus();
  const eventStreams = new EventStreams({ bus: events });
  const notifier = new ChangeNotifier();
  const health = new HealthMonitor({ checks: healthChecks(values) });
  const { url, poolSize, maxOverflow, poolTimeout, poolRecycle } = values.database;
  const audit = new AuditTrail({
    store: openAuditStore(url.reveal(), {
      poolSize,
      maxOverflow,
      poolTimeoutMs: poolTimeout * 1000,
      poolRecycleMs: poolRecycle * 1000,
    }),
  });
  const rateLimiter = new MemoryRateLimiter(rateLimits(values));
  const access = new AccessControl(values);
  const toolset = new Toolset({ launcher, recorder: toolMetrics });
  const gateway = new ToolGateway({ registry: toolset.registry, audit, events, rateLimiter });

  const watching = new DisposableStack();
  watching.use(watchRegistry(toolset.registry, { toolMetrics, breakerMetrics, health, events, notifier }));
  watching.use(watchHealth(health, { events, notifier }));
  toolset.apply(toolset.plan(values));

  const protocol: ProtocolServerParts = {
    gateway,
    listing: new ToolListing(gateway),
    resources: new ResourceCatalog(
      builtinResources({
        gateway,
        health: () => healthJson(health.report(), { detail: true }),
        metrics: () => ({ system: systemMetrics.snapshot(), tools: toolMetrics.snapshot() }),
        configuration: () => store.describe(),
      }),
    ),
    prompts: new PromptCatalog(builtinPrompts(gateway)),
    version,
    instructions: () => serverInstructions(store.snapshot.values),
  };
  const onError = (error: Error): void => logger.debug({ err: error }, 'protocol.error');

  let stdio: StdioEndpoint | undefined;
  let http: { mcp: McpHttpEndpoint; listener: HttpListener } | undefined;

  const startHttp = async (): Promise<string> => {
    const mcp = new McpHttpEndpoint({ ...protocol, notifier, onError });
    const app = createApp({
      gateway,
      mcp,
      health,
      audit,
      authenticator: access,
      statisticsOf: (tool) => toolMetrics.stats(tool),
      switchTool: (tool, enabled) => toolset.switch(tool, enabled),
      exposition: (options) => toolMetrics.exposition(options),
      events: (context) =>
        eventStreams.open({
          principal: context.var.principal.name,
          lastEventId: context.req.header('last-event-id'),
        }),
      configuration: () => ({ version: store.snapshot.version, values: store.describe() }),
      reload: () => store.reload(),
      onError: (error) => logger.error({ err: error }, 'http.defect'),
    });
    const listener = new HttpListener({ app, values, systemMetrics });
    http = { mcp, listener };
    return listener.listen();
  };

  const subscriptions = [
    store.subscribe({
      name: 'tools',
      check: (next) => void toolset.plan(next),
      apply: (next) => toolset.apply(toolset.plan(next)),
    }),
    store.subscribe({
      name: 'access',
      check: (next) => access.check(next),
      apply: (next) => {
        access.apply(next);
        http?.listener.apply(next);
      },
    }),
    store.subscribe({ name: 'rate limit', apply: (next) => rateLimiter.configure(rateLimits(next)) }),
    store.subscribe({
      name: 'logging',
      apply: ({ logging }) => {
        logger.level = logging.level;
      },
    }),
    store.on('reloaded', ({ version, changes, restartRequired }) => {
      const keys = changes.map(({ path }) => path.join('.'));
      events.publish('config.reloaded', { version, changes: keys, restartRequired });
      logger.info({ version, changes: keys, restartRequired }, 'config.reloaded');
      notifier.resourceUpdated('mcp://config');
    }),
    store.on('rejected', ({ problems, message }) => {
      events.publish('config.rejected', { problems: problems.map((problem) => problem.message) });
      logger.error({ problems: message }, 'config.rejected');
    }),
  ];
  for (const subscription of subscriptions) watching.use(subscription);

  const stop = createShutdown({
    onStepFailed: (step, error) => logger.error({ err: error, step }, 'server.stop_step_failed'),
    steps: [
      { name: 'readiness', run: () => health.drain('the server is stopping') },
      { name: 'new calls', run: () => gateway.stopAccepting() },
      {
        name: 'running calls',
        run: async () => {
          const { shutdownGracePeriod } = store.snapshot.values.server;
          if (await drained(() => gateway.running === 0, shutdownGracePeriod * 1000)) return;
          logger.warn({ running: gateway.running }, 'server.stop_kills_calls');
          gateway.abortAll('the server is stopping');
          await drained(() => gateway.running === 0, abortedCallsMs);
        },
      },
      { name: 'event streams', run: () => eventStreams[Symbol.dispose]() },
      { name: 'MCP over HTTP', run: () => http?.mcp.close() },
      { name: 'MCP over stdio', run: () => stdio?.close() },
      { name: 'HTTP', run: () => http?.listener.close() },
      { name: 'programs', run: () => launcher[Symbol.asyncDispose]() },
      { name: 'watching', run: () => watching.dispose() },
      { name: 'health', run: () => health[Symbol.asyncDispose]() },
      { name: 'audit trail', run: () => audit[Symbol.asyncDispose]() },
      { name: 'configuration', run: () => store[Symbol.asyncDispose]() },
    ],
  });

  return {
    async start() {
      health.start();
      let url: string | undefined;
      if (values.server.transport === 'http') url = await startHttp();
      else stdio = startStdioEndpoint({ ...protocol, notifier, onError });
      return {
        url,
        key: access.keyOrigin,
        tools: toolset.registry.list({ enabledOnly: true }).map(({ name }) => name),
      };
    },
    stop,
  };
}

function rateLimits({ security: { rateLimit } }: ServerConfig): { requests: number; windowMs: number; burst: number } {
  return { requests: rateLimit.requests, windowMs: Math.round(rateLimit.window * 1000), burst: rateLimit.burst };
}
