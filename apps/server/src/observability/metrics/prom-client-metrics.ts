/** The metrics that are made with prom-client. Only the first scrape loads this file. */
import type { MetricRegistry } from '@mcp/metrics';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

import type { LabelledMetric, ServerHistogram, ServerMetric } from './server-metric.ts';

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
  if (metric.type === 'histogram') return registry.registerMetric(histogramOf(metric));
  // The types ask for the class of prom-client; only its `registerMetric` is called.
  const registers = [registry as unknown as Registry];
  if (metric.label !== undefined) return registerLabelled(registers, metric);
  if (metric.type === 'gauge') {
    const { aggregator = 'sum' } = metric;
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers,
      aggregator,
      collect: async () => gauge.set(await metric.read()),
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

function registerLabelled(registers: Registry[], metric: LabelledMetric): void {
  const { type, label, name, help, aggregator = 'max', read } = metric;
  const options = { name, help, registers, labelNames: [label] };
  if (type === 'gauge') {
    const gauge: Gauge = new Gauge({
      ...options,
      aggregator,
      async collect() {
        const values = await read();
        gauge.reset();
        for (const [value, number] of values) gauge.set({ [label]: value }, number);
      },
    });
    return;
  }
  const counter: Counter = new Counter({
    ...options,
    async collect() {
      const values = await read();
      counter.reset();
      for (const [value, number] of values) counter.inc({ [label]: value }, number);
    },
  });
}

/** The histogram of prom-client takes observations, and these are counted elsewhere. */
function histogramOf({ name, help, buckets, read }: ServerHistogram): { name: string; get(): Promise<object> } {
  return {
    name,
    async get() {
      const { counts, sum } = read();
      let below = 0;
      const values = counts.map((count, index) => {
        below += count;
        return { metricName: `${name}_bucket`, labels: { le: buckets[index] ?? '+Inf' }, value: below };
      });
      const totals = [
        { metricName: `${name}_sum`, labels: {}, value: sum },
        { metricName: `${name}_count`, labels: {}, value: below },
      ];
      return { name, help, type: 'histogram', aggregator: 'sum', values: [...values, ...totals] };
    },
  };
}
