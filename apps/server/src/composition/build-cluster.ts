/** What this server shares with the others of its cluster. Built only where `cluster.url` is set. */
import type { HealthMonitor } from '@mcp/health';
import type { Tool } from '@mcp/tool-base';

import { repeat, systemClock } from '../foundation/clock.ts';
import type { ClusterEngine } from '../cluster/engine.ts';
import { SharedSessions } from '../cluster/shared/shared-sessions.ts';
import { SharedEvents } from '../cluster/shared/shared-events.ts';
import { SharedTable, type Spread } from '../cluster/shared/shared-table.ts';
import { checkTiming } from '../configuration/settings/milliseconds.ts';
import type { ServerConfig } from '../configuration/shape/server-config.ts';
import { Disposables } from '../foundation/disposables.ts';
import type { EventBus } from '../observability/events/event-bus.ts';
import type { Logger } from '../observability/log/logger.ts';
import type { ServerMetric } from '../observability/metrics/server-metric.ts';
import type { Toolset } from '../tools/toolset.ts';
import { BreakerSharing } from './breaker-sharing.ts';

/** What an operator forces the breakers of a tool to, on every server. */
export type BreakerControl = 'open' | 'closed' | 'reset';

export interface Cluster extends AsyncDisposable {
  readonly sessions: SharedSessions;
  readonly events: SharedEvents;
  readonly metrics: readonly ServerMetric[];
  /** Applies what the operators of the other servers have set; the listeners open afterwards. */
  join(): Promise<void>;
  switchTool(name: string, enabled: boolean): Promise<Spread>;
  switchUpstream(key: string, enabled: boolean): Promise<Spread>;
  controlBreakers(name: string, control: BreakerControl): Promise<Spread>;
  /** After a reload. */
  apply(values: ServerConfig): Promise<void>;
}

export interface ClusterOptions {
  readonly engine: ClusterEngine;
  readonly values: ServerConfig;
  readonly toolset: Toolset;
  readonly events: EventBus;
  readonly health: HealthMonitor;
  readonly logger: Logger;
  /** Puts into force what an operator switched. */
  readonly switchUpstream: (key: string, enabled: boolean) => void;
  /** Somebody reads `/events` on this server. */
  readonly hasReaders: () => boolean;
}

/** Precedes the key of an upstream in the table of switches; no name of a tool has it. */
const UPSTREAM = 'upstream:';
const WATCH_INTERVAL_MS = 20_000;

export function buildCluster(options: ClusterOptions): Cluster {
  const { engine, values, toolset, events, health, logger, hasReaders, switchUpstream } = options;
  const { registry } = toolset;
  const sessions = new SharedSessions(engine.sessions);
  const shared = new SharedEvents({ engine, own: events });
  const switches = new SharedTable({
    engine,
    table: 'switches',
    apply(name, value) {
      if (name.startsWith(UPSTREAM)) switchUpstream(name.slice(UPSTREAM.length), value === 'on');
      else toolset.switch(name, value === 'on');
    },
  });
  const breakers = new SharedTable({
    engine,
    table: 'breakers',
    apply: (name, value) => applyControl(registry.get(name), value),
  });
  const tables = { switches, breakers };
  const following = new Disposables();
  following.use(shared);
  const sharing = following.use(new BreakerSharing({ engine, events, registry }, values.cluster.breakers));
  following.use(
    health.add({
      ...checkTiming(values.health),
      name: 'cluster',
      priority: 'important',
      run: () => {
        const { status, message, failures, latencyMs } = engine.health();
        return { status, ...(message !== undefined && { message }), metadata: { failures, latencyMs } };
      },
    }),
  );
  // A tool that a reload adds or replaces has breakers of its own.
  following.use(
    registry.on('changed', ({ type, name }) => {
      const forced = type === 'added' || type === 'replaced' ? breakers.get(name) : undefined;
      if (forced !== undefined && forced !== 'reset') applyControl(registry.get(name), forced);
    }),
  );
  following.use(repeat(systemClock, WATCH_INTERVAL_MS, () => hasReaders() && engine.watch()));
  return {
    sessions,
    events: shared,
    metrics: clusterMetrics(engine, sharing),
    apply: ({ cluster }) => sharing.apply(cluster.breakers),
    async join() {
      await sharing.start();
      await engine.join({
        onTable: (table, entries) => tables[table].onTable(entries),
        onEntry: (table, name, entry) => tables[table].onEntry(name, entry),
        onEvent: (id, event) => shared.receive(id, event),
        onGap: () => shared.forget(),
        onOpening: (opening) => sharing.receive(opening),
        onWaiting: (problem) =>
          logger.warn(
            { setting: 'cluster.url', problem, startTimeout: values.cluster.startTimeout },
            'cluster.waiting',
          ),
        onDataLost: () => void sessions.restore(),
        ...sessions.receiver,
        onState(state, reason) {
          if (state === 'down') {
            sessions.engineDown();
            return logger.warn({ reason }, 'cluster.down');
          }
          const { message } = engine.health();
          logger.info({ replica: engine.replica, replicas: engine.replicas }, 'cluster.up');
          if (message !== undefined) logger.warn({ problem: message }, 'cluster.problem');
        },
        onSynchronized() {
          sessions.catchUp();
          void shared.catchUp();
        },
      });
    },
    switchTool: (name, enabled) => switches.set(name, enabled ? 'on' : 'off'),
    switchUpstream: (key, enabled) => switches.set(`${UPSTREAM}${key}`, enabled ? 'on' : 'off'),
    controlBreakers: (name, control) => breakers.set(name, control),
    async [Symbol.asyncDispose]() {
      following[Symbol.dispose]();
      await engine[Symbol.asyncDispose]();
    },
  };
}

function applyControl(tool: Tool | undefined, control: string): void {
  if (control === 'open' || control === 'closed') tool?.breakers.force(control, 'by an operator');
  else tool?.breakers.reset('by an operator');
}

function clusterMetrics(engine: ClusterEngine, sharing: BreakerSharing): ServerMetric[] {
  return [
    {
      type: 'gauge',
      aggregator: 'max',
      name: 'mcp_cluster_up',
      help: 'Whether the engine of the cluster answers.',
      read: () => (engine.state === 'up' ? 1 : 0),
    },
    {
      type: 'gauge',
      aggregator: 'max',
      name: 'mcp_cluster_replicas',
      help: 'Servers of the cluster seen in the last 15 seconds.',
      read: () => engine.replicas,
    },
    {
      type: 'gauge',
      aggregator: 'max',
      name: 'mcp_cluster_latency_seconds',
      help: 'Duration of the last command of the engine.',
      read: () => (engine.health().latencyMs ?? 0) / 1000,
    },
    {
      type: 'counter',
      name: 'mcp_cluster_failures_total',
      help: 'Commands of the engine that failed or were too late.',
      read: () => engine.health().failures,
    },
    {
      type: 'counter',
      name: 'mcp_cluster_breaker_openings_total',
      help: 'Breakers of this server that opened because they had opened on another.',
      read: () => sharing.openings,
    },
  ];
}
