import type { ConfigStore } from '@mcp/config';

import type { ServerConfig } from '../configuration/shape/server-config.ts';
import { connectionsPerWorker } from '../configuration/settings/worker-share.ts';
import type { AccessControl } from '../access/access-control.ts';
import { AuthFailureLimiter } from '../access/auth-failure-limiter.ts';
import { isVisibleTo } from '../observability/events/event-audience.ts';
import { EventStreams } from '../observability/events/event-streams.ts';
import { StartError, type ListenSettings } from '../foundation/start-error.ts';
import { createApp, type AppDependencies } from '../transports/http/app.ts';
import { CallerShare } from '../transports/http/connections/caller-share.ts';
import { HttpListener } from '../transports/http/http-listener.ts';
import { RefusedCredentials } from '../transports/http/routing/refused-credentials.ts';
import { RejectionLog } from '../transports/http/routing/rejection-log.ts';
import { StreamQuota } from '../transports/mcp/protocol/stream-quota.ts';
import type { McpHttpEndpoint } from '../transports/mcp/http-endpoint.ts';
import type { SubscriptionStreams } from '../transports/mcp/subscription-streams.ts';
import type { Calls } from './build-calls.ts';
import type { Cluster } from './build-cluster.ts';
import type { Observability } from './build-observability.ts';
import type { Upstreams } from './build-upstreams.ts';
import type { WholeServer } from './build-worker.ts';
import type { Apis } from './build-apis.ts';
import { createShutdown } from './shutdown.ts';

/** The HTTP listeners: the main one, and the operations listener where `metrics.prometheusPort` is set. */
export interface Http extends AsyncDisposable {
  readonly authFailures: AuthFailureLimiter;
  readonly eventStreams: EventStreams;
  readonly listeners: readonly HttpListener[];
  /** The URL of the main listener, once it listens. */
  readonly listensAt: string | undefined;
  /**
   * @param mcp absent on a listener without an MCP endpoint
   * @returns the URL that clients use, without a trailing slash
   * @throws {StartError} when the port cannot be bound
   */
  listen(port: number, mcp?: McpHttpEndpoint): Promise<string>;
  /** The same for `metrics.prometheusPort`, which never keeps the server from starting: `undefined` when it is unavailable. */
  listenForOperations(port: number): Promise<string | undefined>;
}

export interface HttpOptions {
  readonly store: ConfigStore<ServerConfig>;
  readonly access: AccessControl;
  readonly calls: Calls;
  readonly observability: Observability;
  readonly subscriptionStreams: SubscriptionStreams;
  readonly configuration: () => unknown;
  readonly cluster: Cluster | undefined;
  readonly upstreams: Upstreams;
  /** Where this process is one worker of several. */
  readonly whole?: WholeServer | undefined;
  readonly apis: Apis;
}

/** Disposing ends the event streams, then closes every listener. */
export function buildHttp({
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
}: HttpOptions): Http {
  const { values } = store.snapshot;
  const { gateway, toolset, rateLimiter } = calls;
  const { logger, events, measurements, audit, health, breakerHistory } = observability;
  // Half of the connections stay free for calls and probes, however many clients read events.
  const maxTotal = Math.max(1, Math.floor(connectionsPerWorker(values.server) / 2));
  const eventStreams = new EventStreams({ bus: cluster?.events ?? events, callers: access, maxTotal });
  const rejections = new RejectionLog({ logger });
  const authFailures = new AuthFailureLimiter();
  const refusedCredentials = new RefusedCredentials({ audit });
  const listeners: HttpListener[] = [];
  let listensAt: string | undefined;
  const app: AppDependencies = {
    gateway,
    jobs: calls.jobs.calls,
    callers: access,
    followers: new StreamQuota({ maxTotal }),
    health,
    audit,
    authenticator: access,
    subscriptionStreams,
    rejections,
    authFailures,
    refusedCredentials,
    callerShare: new CallerShare(() => connectionsPerWorker(store.snapshot.values.server)),
    resourceMetadata: () => access.resourceMetadata,
    statisticsOf: (tool) => measurements.statisticsOf(tool),
    isExcluded: (tool) => toolset.isExcluded(tool),
    approvals: calls.approvals,
    rateLimitOf: (tool) => rateLimiter.limitsOf(tool),
    grafanaUrl: () => store.snapshot.values.metrics.grafanaUrl,
    breakerHistoryOf: (tool) => breakerHistory.of(tool),
    async switchTool(tool, enabled) {
      const result = toolset.switch(tool, enabled);
      return result === 'done' && cluster ? cluster.switchTool(tool, enabled) : result;
    },
    async switchUpstream(key, enabled) {
      upstreams.switch(key, enabled);
      return cluster?.switchUpstream(key, enabled);
    },
    controlBreakers: async (tool, control) => cluster?.controlBreakers(tool, control),
    exposition: (options) => whole?.exposition() ?? measurements.exposition(options),
    wholeHealth: whole && ((own) => whole.health(own)),
    events(context) {
      cluster?.events.watch();
      return eventStreams.open({
        principal: context.get('principal'),
        lastEventId: context.req.header('last-event-id'),
        filter: (event) => isVisibleTo(context.get('principal'), event),
      });
    },
    configuration,
    upstreams,
    apis,
    reload: () => whole?.reload() ?? store.reload(),
    onError: (error) => logger.error({ err: error }, 'http.defect'),
  };
  const dispose = createShutdown({
    onStepFailed: (step, error) => logger.error({ err: error, step }, 'server.stop_step_failed'),
    steps: [
      { name: 'event streams', run: () => eventStreams[Symbol.dispose]() },
      { name: 'HTTP', run: async () => void (await Promise.all(listeners.map((listener) => listener.close()))) },
    ],
  });
  const listen = async (port: number, mcp?: McpHttpEndpoint, settings?: ListenSettings): Promise<string> => {
    const parts = mcp ? { ...app, mcp } : app;
    const { router, directRoutes } = createApp(parts);
    const listener = new HttpListener({
      router,
      directRoutes,
      values,
      port,
      system: measurements.system,
      rejections,
      ...(whole && { acceptWaiting: () => whole.sendWaitingConnections() }),
    });
    const url = await listener.listen(settings);
    listeners.push(listener);
    return url;
  };
  return {
    authFailures,
    eventStreams,
    listeners,
    get listensAt() {
      return listensAt;
    },
    listen: async (port, mcp) => (listensAt = await listen(port, mcp)),
    async listenForOperations(port) {
      try {
        return await listen(port, undefined, { host: 'server.host', port: 'metrics.prometheusPort' });
      } catch (error) {
        if (!(error instanceof StartError)) throw error;
        logger.error({ port, key: 'metrics.prometheusPort', reason: error.message }, 'metrics.port_unavailable');
        return undefined;
      }
    },
    [Symbol.asyncDispose]: dispose,
  };
}
