/** What a worker answers to its primary, and what it asks the primary for: whatever is one over all workers. */
import type { ConfigStore, ReloadResult } from '@mcp/config';
import type { HealthReport } from '@mcp/health';

import type { ServerConfig } from '../configuration/shape/server-config.ts';
import { combineHealth } from '../observability/combine-health.ts';
import type { MetricRecord } from '../observability/metrics/metric-record.ts';
import type { WorkerPart } from '../workers/join-primary.ts';
import type { Observability } from './build-observability.ts';
import type { RejectedReload } from './rejected-reload.ts';

/** The server as a whole, as one of its workers knows it. */
export interface WholeServer {
  /** Null when the last reload succeeded. */
  readonly rejectedReload: RejectedReload | null;
  exposition(): Promise<{ contentType: string; body: string } | undefined>;
  health(own: HealthReport): Promise<HealthReport>;
  reload(): Promise<ReloadResult>;
  /** Has this worker get no further connections; those that the primary has accepted are with a worker then. */
  sendWaitingConnections(): Promise<void>;
}

const METRICS_TIMEOUT_MS = 5000;
const HEALTH_TIMEOUT_MS = 2000;
const RELOAD_TIMEOUT_MS = 60_000;
/** The primary accepts for up to five seconds, and this worker takes one connection after the other. Those that come later are reset. */
const SEND_WAITING_TIMEOUT_MS = 8000;

export function buildWorker(
  { channel }: WorkerPart,
  store: ConfigStore<ServerConfig>,
  { measurements, health, audit, events }: Observability,
): WholeServer {
  let rejectedReload: RejectedReload | null = null;
  let collected = -1;
  channel.on('metrics.all', () => measurements.records());
  channel.on('metrics.changed', () => {
    const { requests } = measurements.system.snapshot();
    if (requests === collected) return null;
    collected = requests;
    return measurements.records();
  });
  channel.on('health.own', () => health.report());
  channel.on('audit.flush', () => audit.flush());
  channel.on('reload.now', async () => {
    rejectedReload = null;
    await store.reload();
  });
  channel.on('reload.rejected', (rejected: RejectedReload | null, publish: boolean) => {
    rejectedReload = rejected;
    if (rejected && publish) {
      events.publish('config.rejected', { problems: rejected.problems.map(({ message }) => message) });
    }
  });
  return {
    get rejectedReload() {
      return rejectedReload;
    },
    async exposition() {
      if (!store.snapshot.values.metrics.enabled) return undefined;
      const processes = await channel.ask<MetricRecord[][]>('metrics', [], METRICS_TIMEOUT_MS);
      const { exposeRecords } = await import('../observability/metrics/combine-records.ts');
      return exposeRecords(processes);
    },
    async health(own) {
      const reports = await channel.ask<HealthReport[]>('health', [], HEALTH_TIMEOUT_MS).catch(() => []);
      return combineHealth(own, reports);
    },
    reload: () => channel.ask<ReloadResult>('reload', [], RELOAD_TIMEOUT_MS),
    sendWaitingConnections: () =>
      channel.ask<void>('connections.send_waiting', [], SEND_WAITING_TIMEOUT_MS).catch(() => {}),
  };
}
