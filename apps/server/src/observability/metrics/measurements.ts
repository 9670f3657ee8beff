import type { ServerConfig } from '@mcp/config';
import { BreakerMetrics, MetricRegistry, SystemMetrics, ToolMetrics } from '@mcp/metrics';
import type { CallRecorder } from '@mcp/tool-base';

import type { ServerGauge } from './server-gauges.ts';

/** Everything that is counted, on one register, and what the section `metrics` of the configuration makes of it. */
export class Measurements implements Disposable {
  readonly tools: ToolMetrics;
  readonly breakers: BreakerMetrics;
  readonly system: SystemMetrics;
  readonly #prometheus: boolean;
  readonly #enabled: boolean;
  readonly #registry = new MetricRegistry();
  #unregistered: readonly ServerGauge[] = [];
  readonly #ticker: NodeJS.Timeout;

  /** @param onInterval called every `collectionInterval`, for those who watch the statistics */
  constructor({ enabled, prometheusEnabled, collectionInterval }: ServerConfig['metrics'], onInterval: () => void) {
    const registry = this.#registry;
    this.tools = new ToolMetrics({ registry });
    this.breakers = new BreakerMetrics({ registry });
    this.system = new SystemMetrics({ registry, eventLoop: enabled });
    this.#enabled = enabled;
    this.#prometheus = prometheusEnabled;
    this.#ticker = setInterval(onInterval, collectionInterval * 1000).unref();
  }

  /** Where the pipeline records its calls; nowhere when metrics are switched off. */
  get recorder(): CallRecorder {
    return this.#enabled ? this.tools : { start: () => ({ end: () => {} }) };
  }

  /** Adds figures of the parts that measure themselves. */
  observe(gauges: readonly ServerGauge[]): void {
    this.#unregistered = [...this.#unregistered, ...gauges];
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
    if (this.#unregistered.length > 0) await this.#register();
    return this.tools.exposition(options);
  }

  /** With the first scrape: whom nobody scrapes does without prom-client, which takes a tenth of a second to load. */
  async #register(): Promise<void> {
    const { registerServerGauges } = await import('./server-gauges.ts');
    const gauges = this.#unregistered;
    this.#unregistered = [];
    registerServerGauges(this.#registry, gauges);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#ticker);
    this.tools[Symbol.dispose]();
    this.breakers[Symbol.dispose]();
    this.system[Symbol.dispose]();
  }
}
