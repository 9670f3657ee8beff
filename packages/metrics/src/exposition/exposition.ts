import type { Clock } from '../clock.ts';
import { type FamilyDefinition, isFamily, type MetricFamily, type SourcedFamily } from './metric-family.ts';
import { MetricCollector } from './metric-collector.ts';
import type { PrometheusRegistry } from './metric-registry.ts';
import {
  type CollectedMetric,
  header,
  OPENMETRICS_CONTENT_TYPE,
  sampleLines,
  TEXT_CONTENT_TYPE,
} from './prometheus-text.ts';
import { Slice } from './slice.ts';

/** The response to `GET /metrics`. */
export interface ExpositionResult {
  contentType: string;
  body: string;
}

export interface ExpositionOptions {
  registry: PrometheusRegistry;
  clock: Clock;
  /** How many milliseconds a response is cached. */
  cacheMs: number;
  /** How many milliseconds a metric of another library may take to collect its values. */
  collectTimeoutMs: number;
}

const SCRAPE_SECONDS: FamilyDefinition = {
  name: 'mcp_metrics_scrape_seconds',
  help: 'Duration of the last exposition, including pauses.',
  type: 'gauge',
  labelNames: [],
  aggregator: 'max',
};

/**
 * Renders a registry: families of this package directly, other metrics through their own `get()`.
 * Concurrent scrapes share one run, a response is cached for `cacheMs`, rendering yields to the event loop every millisecond,
 * and a metric that throws or never settles loses its own lines only.
 */
export class Exposition implements Disposable {
  readonly #options: ExpositionOptions;
  readonly #collector: MetricCollector;
  /** By format: true for OpenMetrics. */
  readonly #running = new Map<boolean, Promise<ExpositionResult>>();
  readonly #cache = new Map<boolean, { result: ExpositionResult; untilMs: number }>();
  /** The families about the exposition itself; the owner registers them. */
  readonly families: readonly SourcedFamily[];
  #lastSeconds = 0;
  #cacheTimer: Disposable | undefined;

  constructor(options: ExpositionOptions) {
    this.#options = options;
    this.#collector = new MetricCollector(options.clock, options.collectTimeoutMs);
    this.families = [
      this.#collector.family,
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
    this.#cacheTimer?.[Symbol.dispose]();
  }

  async #run(openMetrics: boolean): Promise<ExpositionResult> {
    const { clock, cacheMs } = this.#options;
    const startedMs = clock.monotonicMs();
    const body = await this.#body(openMetrics);
    this.#lastSeconds = Math.max(0, clock.monotonicMs() - startedMs) / 1000;
    const result = { contentType: openMetrics ? OPENMETRICS_CONTENT_TYPE : TEXT_CONTENT_TYPE, body };
    if (cacheMs > 0) {
      this.#cache.set(openMetrics, { result, untilMs: clock.monotonicMs() + cacheMs });
      // `untilMs` decides what is fresh; the timer only frees the memory.
      this.#cacheTimer?.[Symbol.dispose]();
      this.#cacheTimer = clock.setTimer(cacheMs, () => this.#cache.clear());
    }
    return result;
  }

  async #body(openMetrics: boolean): Promise<string> {
    const { registry, clock } = this.#options;
    const families: MetricFamily[] = [];
    const collected: Promise<CollectedMetric | undefined>[] = [];
    const slice = new Slice(clock);
    for (const metric of registry.getMetricsAsArray()) {
      if (isFamily(metric)) families.push(metric);
      else collected.push(this.#collector.collect(metric));
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
        // The metric returned something that is no sample: leave out all of its lines.
        pieces.length = before;
        this.#collector.failed(name);
      }
    };
    for (const pending of collected) {
      const metric = await pending;
      if (metric !== undefined) await add(metric.name, metricText(metric, defaultLabels, openMetrics, totalSuffix));
    }
    // Last, so that a metric that failed in this scrape is counted in this response.
    for (const family of families) await add(family.definition.name, familyText(family, defaultLabels, openMetrics));
    if (openMetrics) pieces.push('# EOF\n');
    return pieces.join('');
  }

  /** A registry has no getter for its default labels, but puts them on every line it renders: render a metric of this package. */
  async #defaultLabels(): Promise<ReadonlyMap<string, string>> {
    const { registry } = this.#options;
    const labels = new Map<string, string>();
    let line: string | undefined;
    try {
      line = await this.#collector.withTimeout(registry.getSingleMetricAsString?.(SCRAPE_SECONDS.name));
    } catch {
      // The registry was cleared in the meantime or is broken: lines without default labels are better than none.
    }
    const block = line === undefined ? undefined : /^\w+\{(.*)\} \S+$/m.exec(line)?.[1];
    for (const [pair, name = ''] of (block ?? '').matchAll(/([a-zA-Z_]\w*)="(?:[^"\\]|\\.)*"/g)) labels.set(name, pair);
    return labels;
  }
}

function* metricText(
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
