import { OPENMETRICS_CONTENT_TYPE } from './prometheus-text.ts';
import type { PrometheusRegistry } from './metric-registry.ts';
import type { Sample } from './sample.ts';

export type MetricType = 'counter' | 'gauge' | 'histogram';
/** How prom-client combines the workers of a cluster. */
export type Aggregator = 'sum' | 'max' | 'min';

export interface FamilyDefinition {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly labelNames: readonly string[];
  readonly aggregator: Aggregator;
  /** Upper bounds of a histogram; two sources of one family must agree on them. */
  readonly buckets?: readonly number[];
}

/** Where the numbers of a family come from; they are computed at scrape time. */
export interface FamilySource {
  samples(): Sample[];
  /**
   * The same as text, in pieces of bounded size between which the exposition can yield.
   * @param defaultLabels the registry's default labels, already rendered, by name
   */
  text?(defaultLabels: ReadonlyMap<string, string>, openMetrics: boolean): Iterable<string>;
}

export type SourcedFamily = readonly [FamilyDefinition, FamilySource];

/** A global symbol, so that two copies of this package on one registry recognise each other's families. */
const FAMILY = Symbol.for('@mcp/metrics/family/1');

/**
 * A metric on a registry that stores no numbers: `get()` reads them from its sources. Several sources of one family (a
 * module loaded twice, two servers in one process) are merged into one set of series.
 */
export class MetricFamily {
  readonly definition: FamilyDefinition;
  readonly sources: Set<FamilySource> = new Set();
  readonly #registry: PrometheusRegistry;
  #registered = false;

  constructor(definition: FamilyDefinition, registry: PrometheusRegistry) {
    Object.defineProperty(this, FAMILY, { value: true });
    this.definition = definition;
    this.#registry = registry;
  }

  /** Registers the family under its full name. */
  register(): void {
    this.#registry.registerMetric(this as never);
    this.#registered = true;
  }

  /**
   * On a registry with the content type of OpenMetrics, prom-client expects the name of a counter without `_total` and
   * appends it to each line. The getter computes that name, so the registry can change its content type and back.
   */
  get name(): string {
    const { name, type } = this.definition;
    const withoutTotal =
      this.#registered && type === 'counter' && this.#registry.contentType === OPENMETRICS_CONTENT_TYPE;
    return withoutTotal ? name.replace(/_total$/, '') : name;
  }

  set name(_renamed: string) {
    // prom-client assigns the name without `_total`; the getter computes it instead.
  }

  get help(): string {
    return this.definition.help;
  }

  get type(): MetricType {
    return this.definition.type;
  }

  get aggregator(): Aggregator {
    return this.definition.aggregator;
  }

  async get(): Promise<object> {
    const { name, help, type, aggregator } = this;
    return { name, help, type, aggregator, values: this.samples() };
  }

  samples(): Sample[] {
    const [first, ...others] = [...this.sources].map((source) => source.samples());
    return others.length === 0 ? (first ?? []) : merge([first ?? [], ...others].flat(), this.aggregator);
  }

  /** Called by `registry.resetMetrics()`. */
  reset(): void {
    // Keeps the numbers: a counter must not decrease.
  }
}

/**
 * Registers a family with a source, or adds the source to the family that is registered already. Idempotent.
 * @returns false if the source was there before
 * @throws {Error} when the registry has a metric of that name that is not of this package, or has other labels or buckets
 */
function attach(registry: PrometheusRegistry, definition: FamilyDefinition, source: FamilySource): boolean {
  const held = registry.getSingleMetric(definition.name);
  if (held === undefined) {
    const family = new MetricFamily(definition, registry);
    family.sources.add(source);
    family.register();
    return true;
  }
  if (!isFamily(held) || shape(held.definition) !== shape(definition)) {
    throw new Error(
      `The registry already has another metric named ${definition.name} (expected ${shape(definition)}); ` +
        'give @mcp/metrics a registry of its own or remove that metric first',
    );
  }
  const isNew = !held.sources.has(source);
  held.sources.add(source);
  return isNew;
}

/**
 * Attaches each source to its family, or none of them.
 * @throws {Error} as {@link attach} does
 */
export function attachAll(registry: PrometheusRegistry, families: readonly SourcedFamily[]): void {
  const attached: SourcedFamily[] = [];
  try {
    for (const family of families) if (attach(registry, ...family)) attached.push(family);
  } catch (error) {
    detachAll(registry, attached);
    throw error;
  }
}

export function detachAll(registry: PrometheusRegistry, families: readonly SourcedFamily[]): void {
  for (const [definition, source] of families) detach(registry, definition, source);
}

/** Removes a source from its family, and the family from the registry with its last source. */
function detach(registry: PrometheusRegistry, definition: FamilyDefinition, source: FamilySource): void {
  const held = registry.getSingleMetric(definition.name);
  if (!isFamily(held)) return;
  held.sources.delete(source);
  if (held.sources.size === 0) registry.removeSingleMetric(definition.name);
}

export function isFamily(metric: unknown): metric is MetricFamily {
  return typeof metric === 'object' && metric !== null && FAMILY in metric;
}

function shape({ type, labelNames, buckets }: FamilyDefinition): string {
  const bounds = buckets === undefined ? '' : ` with buckets ${buckets.join(',')}`;
  return `${type}{${labelNames.join(',')}}${bounds}`;
}

function merge(samples: readonly Sample[], aggregator: Aggregator): Sample[] {
  const merged = new Map<string, Sample>();
  for (const sample of samples) {
    const labels = Object.entries(sample.labels).sort(([a], [b]) => (a < b ? -1 : 1));
    const key = JSON.stringify([sample.metricName, labels]);
    const held = merged.get(key);
    if (held === undefined) merged.set(key, { ...sample });
    else {
      held.value = aggregator === 'sum' ? held.value + sample.value : Math[aggregator](held.value, sample.value);
      held.exemplar ??= sample.exemplar;
    }
  }
  return [...merged.values()];
}
