import { BreakerMetrics, MetricRegistry, SystemMetrics, ToolMetrics } from '@mcp/metrics';
import type { CallRecorder } from '@mcp/tool-base';

import { repeat, systemClock, type Clock } from '../../foundation/clock.ts';
import { collectionIntervalMs } from '../../configuration/settings/milliseconds.ts';
import type { ServerConfig } from '../../configuration/shape/server-config.ts';
import type { MetricRecord } from './metric-record.ts';
import type { ServerMetric } from './server-metric.ts';

/** All metrics on one registry, as the section `metrics` of the configuration sets them. */
export class Measurements implements Disposable {
  readonly tools: ToolMetrics;
  readonly breakers: BreakerMetrics;
  readonly system: SystemMetrics;
  readonly #prometheus: boolean;
  readonly #enabled: boolean;
  readonly #registry = new MetricRegistry();
  #unregistered: readonly ServerMetric[] = [];
  #hasProcessMetrics = false;
  readonly #timer: Disposable;

  /** @param onInterval called every `collectionInterval`, to notify subscribers of the statistics */
  constructor(config: ServerConfig['metrics'], onInterval: () => void, clock: Clock = systemClock) {
    const { enabled, prometheusEnabled } = config;
    const registry = this.#registry;
    this.tools = new ToolMetrics({ registry });
    this.breakers = new BreakerMetrics({ registry });
    this.system = new SystemMetrics({ registry, eventLoop: enabled });
    this.#enabled = enabled;
    this.#prometheus = prometheusEnabled;
    this.#timer = repeat(clock, collectionIntervalMs(config), onInterval);
  }

  /** Where the pipeline records its calls; nowhere when metrics are switched off. */
  get recorder(): CallRecorder {
    return this.#enabled ? this.tools : { start: () => ({ end: () => {} }) };
  }

  /** Adds metrics that are read from other parts of the server at scrape time. */
  observe(metrics: readonly ServerMetric[]): void {
    this.#unregistered = [...this.#unregistered, ...metrics];
  }

  statisticsOf(tool: string): unknown {
    return this.#enabled ? this.tools.stats(tool) : undefined;
  }

  /** @param shown whether a tool may be named; the totals are of all */
  snapshot(shown: (tool: string) => boolean = () => true): { system: unknown; tools: unknown } {
    const { tools, ...rest } = this.tools.snapshot();
    return { system: this.system.snapshot(), tools: { ...rest, tools: tools.filter(({ tool }) => shown(tool)) } };
  }

  /** Prometheus text, JSON where Prometheus is switched off, `undefined` where metrics are. */
  async exposition(options: { openMetrics: boolean }): Promise<{ contentType: string; body: string } | undefined> {
    if (!this.#enabled) return undefined;
    if (!this.#prometheus) return { contentType: 'application/json', body: JSON.stringify(this.snapshot()) };
    await this.#registerMetrics();
    return this.tools.exposition(options);
  }

  /** Every metric with its values, as prom-client adds them up over processes. What is not a number is left out: JSON has no NaN. */
  async records(): Promise<MetricRecord[]> {
    if (!this.#enabled) return [];
    await this.#registerMetrics();
    const metrics = this.#registry.getMetricsAsArray() as readonly { get(): Promise<MetricRecord> }[];
    return Promise.all(metrics.map(async (metric) => finite(await metric.get())));
  }

  /** With the first scrape: a server that is never scraped does not load prom-client, which takes a tenth of a second. */
  async #registerMetrics(): Promise<void> {
    if (this.#hasProcessMetrics && this.#unregistered.length === 0) return;
    const { registerProcessMetrics, registerServerMetrics } = await import('./prom-client-metrics.ts');
    if (!this.#hasProcessMetrics) registerProcessMetrics(this.#registry);
    this.#hasProcessMetrics = true;
    const metrics = this.#unregistered;
    this.#unregistered = [];
    registerServerMetrics(this.#registry, metrics);
  }

  [Symbol.dispose](): void {
    this.#timer[Symbol.dispose]();
    this.tools[Symbol.dispose]();
    this.breakers[Symbol.dispose]();
    this.system[Symbol.dispose]();
  }
}

function finite(record: MetricRecord): MetricRecord {
  return { ...record, values: record.values.filter(({ value }) => Number.isFinite(value)) };
}
