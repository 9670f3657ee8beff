/** Adds up the metrics of several processes. Loaded with the first scrape, or when a worker ends. */
import { AggregatorRegistry } from 'prom-client';

import type { MetricRecord } from './metric-record.ts';

/** What a process that has ended has counted: it stays counted. A gauge is gone with its process. */
export async function keptRecords(processes: readonly (readonly MetricRecord[])[]): Promise<MetricRecord[]> {
  const combined: unknown = await AggregatorRegistry.aggregate(
    processes.map((records) => [...records]),
  ).getMetricsAsJSON();
  return (combined as MetricRecord[]).filter(({ type }) => type !== 'gauge');
}

/** The response to `GET /metrics`. */
export async function exposeRecords(
  processes: readonly (readonly MetricRecord[])[],
): Promise<{ contentType: string; body: string }> {
  const combined = AggregatorRegistry.aggregate(processes.map((records) => [...records]));
  return { contentType: combined.contentType, body: await combined.metrics() };
}
