/**
 * The part of a prom-client registry that this package uses. `Registry` of prom-client 15 and of @prometheus-io/client 0.16
 * both fit, and so does {@link MetricRegistry}.
 */
export interface PrometheusRegistry {
  registerMetric(metric: never): void;
  getSingleMetric(name: string): unknown;
  getMetricsAsArray(): readonly object[];
  removeSingleMetric(name: string): void;
  /** Used to find the registry's default labels. */
  getSingleMetricAsString?(name: string): Promise<string>;
  readonly contentType?: string;
}

/** @throws {TypeError} when it is not a registry, such as the module of a library instead of its `register` */
export function checkRegistry(registry: PrometheusRegistry): PrometheusRegistry {
  const { registerMetric, getSingleMetric } = Object(registry) as Partial<PrometheusRegistry>;
  if (typeof registerMetric === 'function' && typeof getSingleMetric === 'function') return registry;
  throw new TypeError(`registry must be a prom-client registry, such as its export "register", got ${typeof registry}`);
}

/** A registry that needs no library: metrics by name. The default of every class of this package. */
export class MetricRegistry implements PrometheusRegistry {
  readonly #metrics = new Map<string, { readonly name: string }>();

  /** @throws {Error} when another metric has the same name */
  registerMetric(metric: { readonly name: string }): void {
    const held = this.#metrics.get(metric.name);
    if (held !== undefined && held !== metric) {
      throw new Error(`A metric named ${metric.name} is already registered; remove it first or use another registry`);
    }
    this.#metrics.set(metric.name, metric);
  }

  getSingleMetric(name: string): unknown {
    return this.#metrics.get(name);
  }

  getMetricsAsArray(): readonly object[] {
    return [...this.#metrics.values()];
  }

  removeSingleMetric(name: string): void {
    this.#metrics.delete(name);
  }
}
