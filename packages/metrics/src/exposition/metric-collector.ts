import type { Clock } from '../clock.ts';
import type { FamilyDefinition, SourcedFamily } from './metric-family.ts';
import type { CollectedMetric } from './prometheus-text.ts';

/** How many metrics get a series in `mcp_metrics_collect_errors_total`; the rest share `__other__`. */
const MAX_FAILING = 100;
const OTHER = '__other__';

const COLLECT_ERRORS: FamilyDefinition = {
  name: 'mcp_metrics_collect_errors_total',
  help: 'Metrics left out of a scrape because collecting them failed or timed out.',
  type: 'counter',
  labelNames: ['metric'],
  aggregator: 'sum',
};

/** Collects metrics of other libraries through their `get()`. One that fails or hangs is left out and counted. */
export class MetricCollector {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #errors = new Map<string, number>();
  /** Scrapes of both formats at the same time share one `get()`. */
  readonly #running = new WeakMap<object, Promise<unknown>>();
  /** Metrics whose `get()` has timed out and not settled yet. */
  readonly #hanging = new WeakSet<object>();
  readonly family: SourcedFamily = [
    COLLECT_ERRORS,
    { samples: () => [...this.#errors].map(([metric, value]) => ({ labels: { metric }, value })) },
  ];

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  /** Undefined when the metric failed, timed out, or has been hanging since an earlier scrape. */
  async collect(metric: object): Promise<CollectedMetric | undefined> {
    let name = 'unnamed';
    try {
      if ('name' in metric) name = String(metric.name);
      if (this.#hanging.has(metric)) return this.failed(name);
      const result = await this.withTimeout(this.#get(metric), () => this.#hanging.add(metric));
      return isCollected(result) ? result : this.failed(name);
    } catch {
      return this.failed(name);
    }
  }

  #get(metric: object): Promise<unknown> {
    const running = this.#running.get(metric);
    if (running !== undefined) return running;
    const values = Promise.resolve((metric as { get(): unknown }).get()).finally(() => {
      this.#running.delete(metric);
      this.#hanging.delete(metric);
    });
    this.#running.set(metric, values);
    return values;
  }

  /** The result of a promise; undefined when it takes too long. */
  async withTimeout<T>(promise: Promise<T> | undefined, onTimeout?: () => void): Promise<T | undefined> {
    const { promise: deadline, resolve } = Promise.withResolvers<undefined>();
    using _timer = this.#clock.setTimer(this.#timeoutMs, () => {
      onTimeout?.();
      resolve(undefined);
    });
    return await Promise.race([promise, deadline]);
  }

  failed(metric: string): undefined {
    const label = this.#errors.has(metric) || this.#errors.size < MAX_FAILING ? metric : OTHER;
    this.#errors.set(label, (this.#errors.get(label) ?? 0) + 1);
  }
}

function isCollected(result: unknown): result is CollectedMetric {
  return typeof result === 'object' && result !== null && 'values' in result && Array.isArray(result.values);
}
