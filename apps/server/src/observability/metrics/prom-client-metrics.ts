/** The metrics that are made with prom-client. Only the first scrape loads this file. */
import type { MetricRegistry } from '@mcp/metrics';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

import type { ServerMetric } from './server-metric.ts';

/** `process_*` and `nodejs_*`: one observer of the process, however many servers run in it. */
const processRegistry = new Registry();
collectDefaultMetrics({ register: processRegistry });

/** Adds the default metrics of prom-client. */
export function registerProcessMetrics(registry: MetricRegistry): void {
  for (const metric of processRegistry.getMetricsAsArray()) registry.registerMetric(metric);
}

export function registerServerMetrics(registry: MetricRegistry, metrics: readonly ServerMetric[]): void {
  for (const metric of metrics) register(registry, metric);
}

function register(registry: MetricRegistry, { type, name, help, read }: ServerMetric): void {
  // The types ask for the class of prom-client; only its `registerMetric` is called.
  const registers = [registry as unknown as Registry];
  if (type === 'gauge') {
    const gauge: Gauge = new Gauge({ name, help, registers, collect: () => gauge.set(read()) });
    return;
  }
  const counter: Counter = new Counter({
    name,
    help,
    registers,
    collect() {
      counter.reset();
      counter.inc(read());
    },
  });
}
