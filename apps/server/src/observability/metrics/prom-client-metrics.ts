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

function register(registry: MetricRegistry, metric: ServerMetric): void {
  const { name, help } = metric;
  // The types ask for the class of prom-client; only its `registerMetric` is called.
  const registers = [registry as unknown as Registry];
  if (metric.type === 'gauge') {
    const gauge: Gauge = new Gauge({ name, help, registers, collect: () => gauge.set(metric.read()) });
    return;
  }
  if (metric.type === 'gauge by tool') {
    const gauge: Gauge<'tool'> = new Gauge({
      name,
      help,
      registers,
      labelNames: ['tool'],
      collect() {
        gauge.reset();
        for (const [tool, value] of metric.read()) gauge.set({ tool }, value);
      },
    });
    return;
  }
  const counter: Counter = new Counter({
    name,
    help,
    registers,
    collect() {
      counter.reset();
      counter.inc(metric.read());
    },
  });
}
