import type { Clock } from './clock.ts';
import { type FamilyDefinition, isFamily, type MetricFamily, type SourcedFamily } from './metric-family.ts';
import {
  type CollectedMetric,
  header,
  OPENMETRICS_CONTENT_TYPE,
  sampleLines,
  TEXT_CONTENT_TYPE,
} from './prometheus-text.ts';
import type { PrometheusRegistry } from './registry.ts';

/** An answer for `GET /metrics`. */
export interface ExpositionResult {
  contentType: string;
  body: string;
}

export interface ExpositionOptions {
  registry: PrometheusRegistry;
  clock: Clock;
  /** How long one answer serves everybody who asks. */
  cacheMs: number;
  /** How long one metric of somebody else may take to collect its values. */
  collectTimeoutMs: number;
}

/** The event loop gets a turn after this much work. */
const SLICE_MS = 1;
/** How many metrics can appear in `mcp_metrics_collect_errors_total`; the rest count as `__other__`. */
const MAX_FAILING = 100;

const COLLECT_ERRORS: FamilyDefinition = {
  name: 'mcp_metrics_collect_errors_total',
  help: 'Metrics left out of a scrape because collecting them failed or took too long.',
  type: 'counter',
  labelNames: ['metric'],
  aggregator: 'sum',
};
const SCRAPE_SECONDS: FamilyDefinition = {
  name: 'mcp_metrics_scrape_seconds',
  help: 'Time the last exposition took, pauses included.',
  type: 'gauge',
  labelNames: [],
  aggregator: 'max',
};

// Taken once: fake timers in a test must not stop a scrape.
const { setImmediate } = globalThis;

/**
 * Renders a registry: our families fast, everybody else's through their own `get()`.
 * Scrapes that overlap share one run, an answer is good for `cacheMs`, the event loop gets its turn every millisecond or two,
 * and a metric that throws or never settles costs its own lines and nothing else.
 */
export class Exposition implements Disposable {
  readonly #options: ExpositionOptions;
  readonly #errors = new Map<string, number>();
  readonly #stuck = new WeakSet<object>();
  readonly #running = new Map<boolean, Promise<ExpositionResult>>();
  readonly #cache = new Map<boolean, { result: ExpositionResult; untilMs: number }>();
  /** What the exposition tells of itself, for its owner to put on the registry. */
  readonly families: readonly SourcedFamily[];
  #lastSeconds = 0;
  #sweeper: NodeJS.Timeout | undefined;

  constructor(options: ExpositionOptions) {
    this.#options = options;
    this.families = [
      [COLLECT_ERRORS, { samples: () => [...this.#errors].map(([metric, value]) => ({ labels: { metric }, value })) }],
      [SCRAPE_SECONDS, { samples: () => [{ labels: {}, value: this.#lastSeconds }] }],
    ];
  }

  async render(openMetrics: boolean): Promise<ExpositionResult> {
    const cached = this.#cache.get(openMetrics);
    if (cached !== undefined && this.#options.clock.monotonicMs() < cached.untilMs) return cached.result;
    const running = this.#running.get(openMetrics);
    if (running !== undefined) return running;
    const run = this.#run(openMetrics).finally(() => this.#running.delete(openMetrics));
    this.#running.set(openMetrics, run);
    return run;
  }

  [Symbol.dispose](): void {
    this.#cache.clear();
    clearTimeout(this.#sweeper);
  }

  async #run(openMetrics: boolean): Promise<ExpositionResult> {
    const { clock, cacheMs } = this.#options;
    const startedMs = clock.monotonicMs();
    const body = await this.#body(openMetrics);
    this.#lastSeconds = Math.max(0, clock.monotonicMs() - startedMs) / 1000;
    const result = { contentType: openMetrics ? OPENMETRICS_CONTENT_TYPE : TEXT_CONTENT_TYPE, body };
    if (cacheMs > 0) {
      this.#cache.set(openMetrics, { result, untilMs: clock.monotonicMs() + cacheMs });
      // The clock decides what is fresh; this only lets go of a megabyte that nobody will ask for again.
      clearTimeout(this.#sweeper);
      this.#sweeper = setTimeout(() => this.#cache.clear(), cacheMs).unref();
    }
    return result;
  }

  async #body(openMetrics: boolean): Promise<string> {
    const { registry } = this.#options;
    const ours: MetricFamily[] = [];
    const collected: Promise<CollectedMetric | undefined>[] = [];
    const slice = new Slice();
    for (const metric of registry.getMetricsAsArray()) {
      if (isFamily(metric)) ours.push(metric);
      else collected.push(this.#collect(metric));
      if (slice.isOver()) await slice.next();
    }
    const defaultLabels = await this.#defaultLabels();
    const totalSuffix = openMetrics || registry.contentType === OPENMETRICS_CONTENT_TYPE;
    const pieces: string[] = [];
    const add = async (name: string, lines: Iterable<string>): Promise<void> => {
      const before = pieces.length;
      try {
        for (const piece of lines) {
          pieces.push(piece);
          if (slice.isOver()) await slice.next();
        }
      } catch {
        // Not the values that a metric should give: none of its lines can be trusted.
        pieces.length = before;
        this.#failed(name);
      }
    };
    for (const pending of collected) {
      const metric = await pending;
      if (metric !== undefined) await add(metric.name, foreignText(metric, defaultLabels, openMetrics, totalSuffix));
    }
    // After the others, so that a collector which failed just now is counted in this answer.
    for (const family of ours) await add(family.definition.name, familyText(family, defaultLabels, openMetrics));
    if (openMetrics) pieces.push('# EOF\n');
    return pieces.join('');
  }

  /** Undefined when the metric failed, took too long, or has not finished since an earlier scrape. */
  async #collect(metric: object): Promise<CollectedMetric | undefined> {
    let name = 'unnamed';
    try {
      if ('name' in metric) name = String(metric.name);
      if (this.#stuck.has(metric)) return this.#failed(name);
      this.#stuck.add(metric);
      const values = Promise.resolve((metric as { get(): unknown }).get()).finally(() => this.#stuck.delete(metric));
      const result = await this.#inTime(values);
      return isCollected(result) ? result : this.#failed(name);
    } catch {
      this.#stuck.delete(metric);
      return this.#failed(name);
    }
  }

  /** What somebody else's promise gives; undefined when it takes too long. */
  async #inTime<T>(answer: Promise<T> | undefined): Promise<T | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), this.#options.collectTimeoutMs);
    });
    try {
      return await Promise.race([answer, deadline]);
    } finally {
      clearTimeout(timer);
    }
  }

  #failed(metric: string): undefined {
    const label = this.#errors.has(metric) || this.#errors.size < MAX_FAILING ? metric : '__other__';
    this.#errors.set(label, (this.#errors.get(label) ?? 0) + 1);
  }

  /** A registry does not tell its default labels, but it puts them on every line it renders: ask it for one of ours. */
  async #defaultLabels(): Promise<ReadonlyMap<string, string>> {
    const { registry } = this.#options;
    const labels = new Map<string, string>();
    let line: string | undefined;
    try {
      line = await this.#inTime(registry.getSingleMetricAsString?.(SCRAPE_SECONDS.name));
    } catch {
      // Cleared in the meantime, or not as it should be: lines without default labels are better than none.
    }
    const block = line === undefined ? undefined : /^\w+\{(.*)\} \S+$/m.exec(line)?.[1];
    for (const [pair, name = ''] of (block ?? '').matchAll(/([a-zA-Z_]\w*)="(?:[^"\\]|\\.)*"/g)) labels.set(name, pair);
    return labels;
  }
}

function* foreignText(
  metric: CollectedMetric,
  defaultLabels: ReadonlyMap<string, string>,
  openMetrics: boolean,
  totalSuffix: boolean,
): Generator<string> {
  yield header(metric.name, metric.help, metric.type, openMetrics);
  yield* sampleLines(metric, defaultLabels, openMetrics, totalSuffix);
}

function* familyText(
  family: MetricFamily,
  defaultLabels: ReadonlyMap<string, string>,
  openMetrics: boolean,
): Generator<string> {
  const { name, help, type } = family.definition;
  yield header(name, help, type, openMetrics);
  const [source, ...others] = family.sources;
  if (source?.text !== undefined && others.length === 0) yield* source.text(defaultLabels, openMetrics);
  else yield* sampleLines({ name, help, type, values: family.samples() }, defaultLabels, openMetrics, openMetrics);
}

function isCollected(result: unknown): result is CollectedMetric {
  return typeof result === 'object' && result !== null && 'values' in result && Array.isArray(result.values);
}

/** A stretch of synchronous work. */
class Slice {
  #sinceMs = performance.now();

  isOver(): boolean {
    return performance.now() - this.#sinceMs > SLICE_MS;
  }

  async next(): Promise<void> {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
    this.#sinceMs = performance.now();
  }
}
