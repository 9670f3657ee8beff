/**
 * Builds the parts of the server, each from those before it:
 *
 *   configuration -> observability -> calls -> MCP -> upstreams, APIs -> HTTP
 *
 * Every part is built in a file of its own and disposes what it owns.
 */
import { AccessControl } from '../access/access-control.ts';
import { checkTiming } from '../configuration/settings/milliseconds.ts';
import { apiMetrics } from './metrics/api-metrics.ts';
import { buildApis, type Apis } from './build-apis.ts';
import { buildCalls, type Calls } from './build-calls.ts';
import { buildCluster, type Cluster } from './build-cluster.ts';
import { buildHttp, type Http } from './build-http.ts';
import { buildMcp, type Mcp } from './build-mcp.ts';
import { buildObservability, type Observability } from './build-observability.ts';
import { buildSandbox, sandboxLevels } from './build-sandbox.ts';
import { issuerCheck } from './issuer-check.ts';
import { buildUpstreams, type Upstreams } from './build-upstreams.ts';
import { buildWorker } from './build-worker.ts';
import { RejectedReloads } from './rejected-reload.ts';
import { followReloads } from './reload.ts';
import { serverMetrics } from './metrics/server-metrics.ts';
import type { ToolServerOptions } from './tool-server.ts';

export interface ServerParts {
  readonly access: AccessControl;
  readonly observability: Observability;
  readonly calls: Calls;
  readonly cluster: Cluster | undefined;
  readonly mcp: Mcp;
  readonly upstreams: Upstreams;
  readonly apis: Apis;
  readonly http: Http;
  /** Applies each new configuration to the parts. */
  readonly reloads: Disposable;
  readonly rejectedReloads: Disposable;
}

export function buildParts(options: ToolServerOptions): ServerParts {
  const { store, logger, tracer, modules, restTools, engine, worker } = options;
  const { values } = store.snapshot;
  const rejectedReloads = new RejectedReloads(store);
  const configuration = (): unknown => ({
    version: store.snapshot.version,
    values: store.describe(),
    rejectedReload: whole ? whole.rejectedReload : rejectedReloads.last,
  });
  const access = new AccessControl(values);
  const sandbox = buildSandbox(values, options.launcher, logger);
  const { launcher } = sandbox;
  const observability = buildObservability({ store, launcher, logger, tracer, worker });
  const { measurements, events, notifier, audit } = observability;
  const jwt = access.credentials?.jwt;
  if (jwt) observability.health.add(issuerCheck(jwt, checkTiming(values.health)));
  const whole = worker && buildWorker(worker, store, observability);
  const listensAt = (): string | undefined => http.listensAt;
  const calls = buildCalls({ store, launcher, modules, restTools, observability, engine, worker, listensAt });
  const { toolset, limit, rateLimiter } = calls;
  const hasReaders = (): boolean => http.eventStreams.size > 0;
  const switchUpstream = (key: string, enabled: boolean): void => upstreams.switch(key, enabled);
  const cluster = engine && buildCluster({ engine, values, toolset, ...observability, hasReaders, switchUpstream });
  const secrets = worker?.secrets.map((secret) => Buffer.from(secret, 'base64'));
  const mcp = buildMcp({ store, modules, callers: access, calls, observability, configuration, cluster, secrets });
  const { subscriptionStreams, sessionCount, invalidLineCount } = mcp;
  const upstreams = buildUpstreams({ calls, mcp, observability });
  const apis = buildApis({ restTools, calls, observability });
  apis.apply(values);
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
  const { authFailures, eventStreams, listeners } = http;
  measurements.observe(
    serverMetrics({
      store,
      limit,
      authFailures,
      listeners,
      launcher,
      sandboxFailures: sandbox.failures,
      sandboxLevels: () => sandboxLevels(toolset.registry),
      approvalsWaiting: () => calls.approvals?.waiting ?? 0,
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
    cluster,
  });
  return { access, observability, calls, cluster, mcp, upstreams, apis, http, reloads, rejectedReloads };
}
