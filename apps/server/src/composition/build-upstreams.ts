import { systemClock, type Clock } from '../foundation/clock.ts';
import type { ServerConfig } from '../configuration/shape/server-config.ts';
import type { ObservedUpstreams } from '../transports/http/routes/operator/upstream-routes.ts';
import { UpstreamLog } from '../upstreams/upstream-log.ts';
import type { UpstreamSet } from '../upstreams/upstream-set.ts';
import { upstreamMetrics } from './metrics/upstream-metrics.ts';
import type { Calls } from './build-calls.ts';
import type { Mcp } from './build-mcp.ts';
import type { Observability } from './build-observability.ts';

/** Other MCP servers; their code is loaded with the first one that is configured. */
export interface Upstreams extends ObservedUpstreams, AsyncDisposable {
  /** Follows the configuration; nothing waits for it, and it never throws. */
  apply(values: ServerConfig): void;
  /** Puts into force what an operator switched here or on another server; the same may come more than once. */
  switch(key: string, enabled: boolean): void;
}

export interface UpstreamsOptions {
  readonly calls: Pick<Calls, 'toolset' | 'launcher' | 'limit' | 'rateLimiter'>;
  readonly mcp: Pick<Mcp, 'prompts' | 'resources'>;
  readonly observability: Pick<Observability, 'logger' | 'events' | 'health' | 'measurements' | 'notifier' | 'audit'>;
  readonly clock?: Pick<Clock, 'setTimer'>;
}

/** Over stdio the client opens the connection and lists tools now, and none of an upstream could be among them yet. */
const FIRST_REQUESTS_MS = 100;

export function buildUpstreams({ calls, mcp, observability, clock = systemClock }: UpstreamsOptions): Upstreams {
  const { logger, audit } = observability;
  const { limit, rateLimiter } = calls;
  const log = new UpstreamLog(observability);
  let beginning: Disposable | undefined;
  let loading: Promise<UpstreamSet> | undefined;
  let set: UpstreamSet | undefined;
  let wanted: ServerConfig | undefined;
  /** As `--check` names them; beside what becomes of each, and nothing waits for it. */
  const logFindings = async (values: ServerConfig): Promise<void> => {
    const { upstreamFindings } = await import('../upstreams/upstream-findings.ts');
    for (const finding of await upstreamFindings(values)) logger.warn({ ...finding }, 'upstream.setting_unusable');
  };
  const notLoaded = (error: unknown): void => logger.error({ err: error }, 'upstreams.not_loaded');
  /** Switched off by operators at run time; kept over reloads. */
  const off = new Set<string>();
  const load = async (): Promise<UpstreamSet> => {
    const [{ UpstreamSet: Loaded }, { UpstreamRequests }] = await Promise.all([
      import('../upstreams/upstream-set.ts'),
      import('../upstreams/upstream-requests.ts'),
    ]);
    set = new Loaded({
      toolset: calls.toolset,
      prompts: mcp.prompts,
      resources: mcp.resources,
      onResourceUpdated: (uri) => observability.notifier.resourceUpdated(uri),
      requests: new UpstreamRequests({ audit, limit, rateLimiter }),
      health: observability.health,
      launcher: calls.launcher,
      onChange: (key, change) => log.record(key, change),
      isSwitchedOn: (key) => !off.has(key),
    });
    observability.measurements.observe(upstreamMetrics(() => set?.reports() ?? []));
    return set;
  };
  const begin = (): void => {
    loading = load();
    loading.then((loaded) => {
      // The configuration may have changed while the code was loaded.
      if (wanted !== undefined) loaded.apply(wanted);
    }, notLoaded);
    if (wanted !== undefined) logFindings(wanted).catch(notLoaded);
  };
  return {
    reports: () => set?.reports() ?? [],
    get: (key) => set?.get(key),
    approved: (upstream, tools, by) => logger.info({ upstream, tools, by }, 'upstream.approved'),
    isEnabled: (key) => !off.has(key),
    switch(key, enabled) {
      if (off.has(key) !== enabled) return;
      if (enabled) off.delete(key);
      else off.add(key);
      calls.toolset.switchOwner(key, enabled);
      set?.switched(key);
    },
    switched: (upstream, enabled, by) => logger.info({ upstream, enabled, by }, 'upstream.switched'),
    restarted: (upstream, by) => logger.info({ upstream, by }, 'upstream.restarted'),
    apply(values) {
      wanted = values;
      if (loading !== undefined) logFindings(values).catch(notLoaded);
      if (set !== undefined) return set.apply(values);
      if (beginning !== undefined || Object.keys(values.upstreams).length === 0) return;
      // `import` reads all files of the code before it returns: what is to be said first, such as where the server listens, is.
      beginning = values.server.transport === 'stdio' ? clock.setTimer(FIRST_REQUESTS_MS, begin) : setImmediate(begin);
    },
    async [Symbol.asyncDispose]() {
      wanted = undefined;
      beginning?.[Symbol.dispose]();
      await (await loading?.catch(() => undefined))?.[Symbol.asyncDispose]();
    },
  };
}
