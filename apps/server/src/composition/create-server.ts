/**
 * The composition root: the only place where the packages meet. Everything is made here, in the order in which it is
 * needed, and ended in `stop`, in the order in which a caller would notice.
 *
 *   configuration -> tools behind the gateway -> MCP and HTTP in front of it; metrics, health, events and audit beside it
 */
import type { ConfigStore, ServerConfig } from '@mcp/config';
import { healthJson, HealthMonitor } from '@mcp/health';
import type { Launcher } from '@mcp/tool-base';

import { AccessControl, type KeyOrigin } from '../access/access-control.ts';
import { FailedLogins } from '../access/failed-logins.ts';
import { maySee } from '../access/principal.ts';
import { AuditTrail } from '../observability/audit/audit-trail.ts';
import { openAuditStore } from '../observability/audit/open-audit-store.ts';
import { CallLimit } from '../calls/call-limit.ts';
import { Disposables } from '../disposables.ts';
import { EventStreams } from '../observability/events/event-streams.ts';
import { mayFollow } from '../observability/events/event-audience.ts';
import { MemoryEventBus } from '../observability/events/memory-event-bus.ts';
import { checkTiming, healthChecks, serverChecks, visibleTo } from '../observability/health-checks.ts';
import { createApp, type AppParts } from '../transports/http/app.ts';
import { HttpListener } from '../transports/http/http-server.ts';
import { RefusalLog } from '../transports/http/routing/rejection-log.ts';
import { logCalls } from '../observability/log/call-log.ts';
import { logDeclarationFindings } from '../tools/declaration-log.ts';
import type { Logger } from '../observability/log/logger.ts';
import { builtinPrompts } from '../catalog/builtin-prompts.ts';
import { builtinResources } from '../catalog/builtin-resources.ts';
import { ChangeNotifier } from '../transports/mcp/sdk/change-notifier.ts';
import { HandOvers } from '../transports/mcp/handoff/call-handoffs.ts';
import { LineTooLong } from '../transports/mcp/fast-path/stdio-lines.ts';
import { HeldStreams } from '../transports/mcp/subscription-streams.ts';
import { McpHttpEndpoint } from '../transports/mcp/http-endpoint.ts';
import { serverInstructions } from '../transports/mcp/protocol/instructions.ts';
import { PromptCatalog } from '../catalog/prompts.ts';
import type { ProtocolParts } from '../transports/mcp/handoff/protocol-context.ts';
import type { StdioEndpoint } from '../transports/mcp/stdio-endpoint.ts';
import { ToolListing } from '../transports/mcp/protocol/tool-listing.ts';
import { Measurements } from '../observability/metrics/measurements.ts';
import { ownGauges } from './server-gauges.ts';
import { runSetups, type LoadedModules } from '../modules/load-modules.ts';
import type { ModuleHost } from '../modules/module-host.ts';
import { MemoryRateLimiter } from '../rate-limit/memory-rate-limiter.ts';
import { followReloads, rateLimitsOf } from './reload.ts';
import { createShutdown, drained } from './shutdown.ts';
import { ToolGateway } from '../calls/tool-gateway.ts';
import { Toolset } from '../tools/toolset.ts';
import type { CallTracer } from '../observability/tracing/call-tracer.ts';
import { version } from '../version.ts';
import { watchHealth, watchRegistry } from './wiring.ts';

export interface ToolServerOptions {
  readonly store: ConfigStore<ServerConfig>;
  readonly launcher: Launcher;
  readonly logger: Logger;
  readonly tracer: CallTracer;
  /** What the operator's own modules offer. */
  readonly modules: LoadedModules;
}

export interface ToolServer {
  /** Listens, or speaks on stdin and stdout. @throws StartError when a port cannot be had */
  start(): Promise<StartedServer>;
  /** Ends everything, once; running calls get the grace period first. */
  stop(): Promise<void>;
}

export interface StartedServer {
  /** Without a slash at the end; `undefined` in stdio mode. */
  readonly url: string | undefined;
  /** Of the operations listener, where one is configured. */
  readonly operationsUrl: string | undefined;
  readonly key: KeyOrigin;
  readonly tools: readonly string[];
}

/** How long killed calls may take to be answered, once the grace period is over. */
const ABORTED_CALLS_MS = 5000;

export function createToolServer({ store, launcher, logger, tracer, modules }: ToolServerOptions): ToolServer {
  const { values } = store.snapshot;
  const { database, server, metrics } = values;

  const access = new AccessControl(values);
  const events = new MemoryEventBus();
  // Half of the connections stay free for calls and probes, however many people watch.
  const maxTotal = Math.max(1, Math.floor(server.maxConnections / 2));
  const eventStreams = new EventStreams({ bus: events, callers: access, maxTotal });
  const heldStreams = new HeldStreams({ callers: access });
  const notifier = new ChangeNotifier();
  const measurements = new Measurements(metrics, () => notifier.resourceUpdated('mcp://metrics'));
  const audit = new AuditTrail({
    store: openAuditStore(database.url.reveal(), {
      poolSize: database.poolSize,
      maxOverflow: database.maxOverflow,
      poolTimeoutMs: database.poolTimeout * 1000,
      poolRecycleMs: database.poolRecycle * 1000,
    }),
    recordArguments: database.recordArguments,
    retentionMs: database.retentionDays * 86_400_000,
    maxEntries: database.maxEntries,
  });
  const health = new HealthMonitor({ checks: [...healthChecks(values), ...serverChecks(values, { audit, store })] });
  const rateLimiter = new MemoryRateLimiter(rateLimitsOf(values));
  const toolset = new Toolset({ launcher, recorder: measurements.recorder, moduleTools: modules.tools });
  const limit = new CallLimit(server.maxConcurrentCalls);
  const gateway = new ToolGateway({ registry: toolset.registry, audit, events, rateLimiter, limit, tracer, logger });

  const watching = new Disposables();
  watching.use(
    watchRegistry(toolset.registry, { measurements, health, checkTiming: checkTiming(values), events, notifier }),
  );
  watching.use(watchHealth(health, { events, notifier }));
  watching.use(logCalls(events, logger));
  toolset.apply(toolset.plan(values));
  logDeclarationFindings(values, logger);

  const onError = (error: Error): void => {
    if (error instanceof LineTooLong) logger.warn({ maxBytes: error.maxBytes }, 'stdio.line_too_long');
    else logger.debug({ err: error }, 'protocol.error');
  };
  const configuration = (): unknown => ({ version: store.snapshot.version, values: store.describe() });
  const protocol: ProtocolParts = {
    gateway,
    listing: new ToolListing(gateway),
    resources: [
      ...builtinResources({
        gateway,
        health: (reader) => healthJson(visibleTo(reader, health.report()), { detail: true }),
        metrics: (reader) => measurements.snapshot((tool) => maySee(reader, tool)),
        configuration,
      }),
      ...modules.resources,
    ],
    prompts: new PromptCatalog([...builtinPrompts(gateway), ...modules.prompts], () => notifier.promptsChanged()),
    handOvers: new HandOvers(),
    version,
    instructions: () => serverInstructions(store.snapshot.values),
  };
  const moduleHost: ModuleHost = {
    switchTool: (name, offered) => toolset.registry.get(name) !== undefined && toolset.switch(name, offered) === 'done',
    switchPrompt: (name, offered) => protocol.prompts.switch(name, offered),
    resourceUpdated: (uri) => notifier.resourceUpdated(uri),
  };
  const refusals = new RefusalLog({ logger });
  const logins = new FailedLogins();
  const app: AppParts = {
    gateway,
    health,
    audit,
    authenticator: access,
    heldStreams,
    refusals,
    logins,
    resourceMetadata: () => access.resourceMetadata,
    statisticsOf: (tool) => measurements.statisticsOf(tool),
    switchTool: (tool, enabled) => toolset.switch(tool, enabled),
    exposition: (options) => measurements.exposition(options),
    events: (context) =>
      eventStreams.open({
        principal: context.get('principal'),
        lastEventId: context.req.header('last-event-id'),
        filter: (event) => mayFollow(context.get('principal'), event),
      }),
    configuration,
    reload: () => store.reload(),
    onError: (error) => logger.error({ err: error }, 'http.defect'),
  };

  let stdio: StdioEndpoint | undefined;
  let mcp: McpHttpEndpoint | undefined;
  const listeners: HttpListener[] = [];
  const listen = (parts: AppParts, port: number): Promise<string> => {
    const listener = new HttpListener({ app: createApp(parts), values, port, system: measurements.system, refusals });
    listeners.push(listener);
    return listener.listen();
  };
  measurements.observe(
    ownGauges({
      store,
      limit,
      logins,
      launcher,
      audit,
      heldStreams,
      eventStreams,
      sessions: () => mcp?.sessionCount ?? 0,
    }),
  );
  watching.use(
    followReloads(store, { toolset, access, rateLimiter, limit, logger, events, notifier, listeners: () => listeners }),
  );

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
          await drained(() => gateway.running === 0, ABORTED_CALLS_MS);
        },
      },
      { name: 'event streams', run: () => eventStreams[Symbol.dispose]() },
      { name: 'MCP over HTTP', run: () => mcp?.close() },
      { name: 'MCP streams', run: () => heldStreams[Symbol.dispose]() },
      { name: 'MCP over stdio', run: () => stdio?.close() },
      {
        name: 'HTTP',
        run: async () => {
          await Promise.all(listeners.map((listener) => listener.close()));
        },
      },
      { name: 'programs', run: () => launcher[Symbol.asyncDispose]() },
      { name: 'watching', run: () => watching[Symbol.dispose]() },
      { name: 'measurements', run: () => measurements[Symbol.dispose]() },
      { name: 'health', run: () => health[Symbol.asyncDispose]() },
      { name: 'audit trail', run: () => audit[Symbol.asyncDispose]() },
      { name: 'traces', run: () => tracer.close() },
      { name: 'configuration', run: () => store[Symbol.asyncDispose]() },
    ],
  });

  return {
    async start() {
      await runSetups(modules.setups, moduleHost);
      health.start();
      let url: string | undefined;
      if (server.transport === 'http') {
        mcp = new McpHttpEndpoint({ ...protocol, notifier, callers: access, onError });
        // A resource that cannot be offered is told of now, not to the first client that asks.
        if (modules.resources.length > 0) await mcp.prepare();
        url = await listen({ ...app, mcp }, server.port);
      }
      const operationsUrl =
        metrics.prometheusPort === undefined ? undefined : await listen(app, metrics.prometheusPort);
      // Last, since a client may send its first message the moment this listens.
      if (server.transport === 'stdio') {
        const { startStdioEndpoint } = await import('../transports/mcp/stdio-endpoint.ts');
        stdio = startStdioEndpoint({ ...protocol, notifier, onError });
      }
      const tools = toolset.registry.list({ enabledOnly: true }).map(({ name }) => name);
      return { url, operationsUrl, key: access.keyOrigin, tools };
    },
    stop,
  };
}
