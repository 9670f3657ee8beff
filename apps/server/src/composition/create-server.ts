/**
 * Builds the server from four parts and stops them in order:
 *
 *   configuration -> observability -> calls -> MCP and HTTP
 *
 * Each part is built in a file of its own and disposes what it owns.
 */
import type { ConfigStore } from '@mcp/config';
import type { Launcher, Tool } from '@mcp/tool-base';

import { drainDelayMs } from '../configuration/milliseconds.ts';
import type { ServerConfig } from '../configuration/server-config.ts';
import { AccessControl } from '../access/access-control.ts';
import type { KeyOrigin } from '../access/key-origin.ts';
import { runSetups, type LoadedModules } from '../modules/load-modules.ts';
import type { RestTools } from '../tools/rest/rest-tools.ts';
import type { Logger } from '../observability/log/logger.ts';
import type { CallTracer } from '../observability/tracing/call-tracer.ts';
import type { StdioStreams } from '../transports/mcp/stdio-lines.ts';
import type { ClusterEngine } from '../cluster/engine.ts';
import { buildCalls } from './build-calls.ts';
import { buildCluster } from './build-cluster.ts';
import { buildHttp } from './build-http.ts';
import { buildMcp } from './build-mcp.ts';
import { buildSandbox, sandboxLevels } from './build-sandbox.ts';
import { buildObservability } from './build-observability.ts';
import { buildUpstreams } from './build-upstreams.ts';
import { buildWorker } from './build-worker.ts';
import { apiMetrics } from './api-metrics.ts';
import { buildApis } from './build-apis.ts';
import { RejectedReloads } from './rejected-reload.ts';
import { followReloads } from './reload.ts';
import { serverMetrics } from './server-metrics.ts';
import type { WorkerPart } from '../workers/join-primary.ts';
import { createShutdown, disposal, elapsed } from './shutdown.ts';

export interface ToolServerOptions {
  readonly store: ConfigStore<ServerConfig>;
  readonly launcher: Launcher;
  readonly logger: Logger;
  readonly tracer: CallTracer;
  /** Tools, prompts and resources from the operator's modules. */
  readonly modules: LoadedModules;
  readonly restTools: RestTools;
  /** Of the cluster; absent for a server that runs alone. */
  readonly engine?: ClusterEngine | undefined;
  /** Where this process is one worker of several. */
  readonly worker?: WorkerPart | undefined;
}

export interface ToolServer {
  /**
   * Opens the transports.
   *
   * @param stdio what the client reads and writes, where the transport is stdio
   * @throws {StartError} when the port cannot be bound
   */
  start(stdio: StdioStreams): Promise<StartedServer>;
  /**
   * Reports that the server is not ready, and resolves after `server.drainDelay`. Until then everything is still answered: a
   * load balancer stops sending requests before one is rejected.
   */
  announceStop(): Promise<void>;
  /** Stops everything, once; running calls get the grace period first. */
  stop(): Promise<void>;
}

export interface StartedServer {
  /** Without a trailing slash; `undefined` over stdio. */
  readonly url: string | undefined;
  /** Of the operations listener, where one is configured. */
  readonly operationsUrl: string | undefined;
  readonly key: KeyOrigin;
  /** Names of the enabled tools. */
  readonly tools: readonly string[];
  /** An enabled tool that can be called without arguments, to try the server with. */
  readonly exampleTool: string | undefined;
}

const STOPPING = 'the server is stopping';

export function createToolServer(options: ToolServerOptions): ToolServer {
  const { store, logger, tracer, modules, restTools, engine, worker } = options;
  const { server, metrics } = store.snapshot.values;
  const rejectedReloads = new RejectedReloads(store);
  const configuration = (): unknown => ({
    version: store.snapshot.version,
    values: store.describe(),
    rejectedReload: whole ? whole.rejectedReload : rejectedReloads.last,
  });
  const access = new AccessControl(store.snapshot.values);
  const sandbox = buildSandbox(store.snapshot.values, options.launcher, logger);
  const { launcher } = sandbox;
  const observability = buildObservability({ store, launcher, logger, tracer, worker });
  const whole = worker && buildWorker(worker, store, observability);
  const calls = buildCalls({ store, launcher, modules, restTools, observability, engine, worker });
  const cluster =
    engine &&
    buildCluster({
      engine,
      values: store.snapshot.values,
      toolset: calls.toolset,
      ...observability,
      hasReaders: () => http.eventStreams.size > 0,
    });
  const mcp = buildMcp({
    store,
    modules,
    callers: access,
    calls,
    observability,
    configuration,
    cluster,
    secrets: worker?.secrets.map((secret) => Buffer.from(secret, 'base64')),
  });
  const { subscriptionStreams } = mcp;
  const upstreams = buildUpstreams({ calls, observability });
  const apis = buildApis({ restTools, calls, observability });
  apis.apply(store.snapshot.values);
  const http = buildHttp({
    store,
    access,
    calls,
    observability,
    subscriptionStreams,
    configuration,
    cluster,
    upstreams,
    whole,
    apis,
  });
  const { health, measurements, events, notifier, audit } = observability;
  const { toolset, limit, rateLimiter } = calls;
  const { authFailures, eventStreams, listeners } = http;
  const { sessionCount, invalidLineCount } = mcp;
  measurements.observe(
    serverMetrics({
      store,
      limit,
      authFailures,
      listeners,
      launcher,
      sandboxFailures: sandbox.failures,
      sandboxLevels: () => sandboxLevels(toolset.registry),
      audit,
      subscriptionStreams,
      eventStreams,
      sessionCount,
      invalidLineCount,
    }),
  );
  measurements.observe(apiMetrics(() => apis.reports()));
  if (cluster) measurements.observe(cluster.metrics);
  const reloads = followReloads(store, {
    sandbox: launcher,
    toolset,
    restTools,
    access,
    rateLimiter,
    limit,
    logger,
    events,
    notifier,
    listeners,
    upstreams,
    apis,
  });

  const stop = createShutdown({
    onStepFailed: (step, error) => logger.error({ err: error, step }, 'server.stop_step_failed'),
    steps: [
      { name: 'readiness', run: () => health.drain(STOPPING) },
      { name: 'running calls', run: () => calls.drain(mcp.isAnswered) },
      disposal('MCP', mcp),
      disposal('HTTP', http),
      disposal('upstreams', upstreams),
      { name: 'APIs', run: () => apis[Symbol.dispose]() },
      disposal('tools', calls),
      ...(cluster ? [disposal('cluster', cluster)] : []),
      { name: 'reloads', run: () => reloads[Symbol.dispose]() },
      { name: 'rejected reloads', run: () => rejectedReloads[Symbol.dispose]() },
      disposal('observability', observability),
      disposal('configuration', store),
    ],
  });

  return {
    async start(stdio) {
      await runSetups(modules.setups, mcp.moduleHost);
      await calls.jobs.start();
      // Before the first health check, so that an unreachable store shows in it.
      await audit.checkStore();
      await cluster?.join();
      health.start();
      const url = server.transport === 'http' ? await http.listen(server.port, await mcp.openHttp()) : undefined;
      const { prometheusPort } = metrics;
      const operationsUrl = prometheusPort === undefined ? undefined : await http.listenForOperations(prometheusPort);
      // Last: a client may send its first message as soon as stdin is read.
      if (server.transport === 'stdio') await mcp.openStdio(stdio);
      // After the transports are open, since loading their code takes longer than a client should wait.
      upstreams.apply(store.snapshot.values);
      const tools = toolset.registry.list({ enabledOnly: true });
      const exampleTool = tools.find(takesNoArguments)?.name;
      return { url, operationsUrl, key: access.keyOrigin, tools: tools.map(({ name }) => name), exampleTool };
    },
    async announceStop() {
      health.drain(STOPPING);
      const delayMs = drainDelayMs(store.snapshot.values.server);
      if (delayMs === 0) return;
      await elapsed(delayMs / 2);
      for (const listener of listeners) listener.releaseConnections();
      await elapsed(delayMs / 4);
      await Promise.all(listeners.map((listener) => listener.stopListening()));
      // What has been received meanwhile is authenticated and admitted before new calls are refused.
      await elapsed(delayMs / 4);
    },
    stop,
  };
}

function takesNoArguments(tool: Tool): boolean {
  const { required = [] } = tool.inputJsonSchema as { readonly required?: readonly string[] };
  return tool.definition.targets.length === 0 && required.length === 0;
}
