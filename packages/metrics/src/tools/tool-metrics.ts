import { checkBuckets, DEFAULT_BUCKETS, DEFAULT_QUEUE_BUCKETS } from './buckets.ts';
import { checkClock, type Clock, systemClock } from '../clock.ts';
import { Exposition, type ExpositionResult } from '../exposition/exposition.ts';
import { attachAll, detachAll, type SourcedFamily } from '../exposition/metric-family.ts';
import { rejectedFamily, selfFamilies } from '../self-series.ts';
import { checkRegistry, MetricRegistry, type PrometheusRegistry } from '../exposition/metric-registry.ts';
import { type RejectedField, RejectedValues } from '../rejected-values.ts';
import { type CallContext, ToolCall } from './tool-call.ts';
import type { ToolRecord } from './tool-record.ts';
import { ErrorTypes } from './error-types.ts';
import { toolFamilies, toolSource } from './tool-series.ts';
import { type ToolStatistics, toolStatistics } from './tool-statistics.ts';
import { type EvictionReason, ToolTable, UNKNOWN_TOOL } from './tool-table.ts';
import { outcomeOfError, wrapTool, type WrapOptions } from './wrap-tool.ts';

export interface ToolMetricsOptions {
  /** Where the series are registered, such as a registry of prom-client or @prometheus-io/client. @default a new MetricRegistry */
  registry?: PrometheusRegistry | undefined;
  /** Tools with their own series, 1 to 100000; beyond that the least recently used one without running calls is evicted. @default 1000 */
  maxTools?: number | undefined;
  /** Milliseconds after which an unused tool is evicted, above 0. @default 24 hours */
  idleTtlMs?: number | undefined;
  /** Executions in the sliding window, 1 to 100000. @default 100 */
  window?: number | undefined;
  /** Upper bounds of `mcp_tool_execution_seconds` in increasing order, in seconds. @default {@link DEFAULT_BUCKETS}, 5 ms to 10 min */
  buckets?: readonly number[] | undefined;
  /** Upper bounds of `mcp_tool_queue_seconds` in increasing order, in seconds. @default {@link DEFAULT_QUEUE_BUCKETS}, 10 ms to 30 s */
  queueBuckets?: readonly number[] | undefined;
  /** Milliseconds for which an exposition is cached, 0 to 60000. @default 1000 */
  cacheMs?: number | undefined;
  /** Milliseconds that a metric of another library may take to collect its values, 1 to 60000. @default 500 */
  collectTimeoutMs?: number | undefined;
  /**
   * Values of the label `error_type` besides {@link ERROR_TYPES}: up to 100 names of 1 to 64 characters (a-z, 0-9, _).
   * @default none
   * @example ['quota_exceeded', 'upstream_error']
   */
  errorTypes?: readonly string[] | undefined;
  /** @default the system clock */
  clock?: Clock | undefined;
}

/** All statistics as plain JSON; every number is finite. */
export interface MetricsSnapshot {
  /** ISO 8601, UTC. */
  generatedAt: string;
  totals: {
    /** Finished calls, including those of evicted and forgotten tools. */
    calls: number;
    /** Tools with their own series. */
    tools: number;
    evicted: Record<EvictionReason, number>;
    rejected: Record<RejectedField, number>;
  };
  /** In order of declaration; `__unknown__` last, if it has been used. */
  tools: ToolStatistics[];
}

/**
 * Counts tool calls. Recording changes plain numbers in one record per tool; series, percentiles and JSON are computed when
 * they are read. Memory is bounded, and recording does not throw: invalid values are left out and counted.
 */
export class ToolMetrics implements Disposable {
  readonly registry: PrometheusRegistry;
  readonly #clock: Clock;
  readonly #errorTypes: ErrorTypes;
  readonly #table: ToolTable;
  readonly #rejected = new RejectedValues();
  readonly #context: CallContext;
  readonly #exposition: Exposition;
  readonly #families: readonly SourcedFamily[];
  #disposed = false;

  /**
   * @throws {RangeError} when an option is outside its range
   * @throws {TypeError} when `registry` is not a registry or `clock` is not a clock
   * @throws {Error} when the registry has another metric of the same name
   */
  constructor(options: ToolMetricsOptions = {}) {
    const maxTools = wholeNumber('maxTools', options.maxTools ?? 1000, 1, 100_000);
    const window = wholeNumber('window', options.window ?? 100, 1, 100_000);
    const idleTtlMs = inRange('idleTtlMs', options.idleTtlMs ?? 24 * 3600 * 1000, 1, Number.MAX_SAFE_INTEGER);
    const cacheMs = inRange('cacheMs', options.cacheMs ?? 1000, 0, 60_000);
    const collectTimeoutMs = inRange('collectTimeoutMs', options.collectTimeoutMs ?? 500, 1, 60_000);
    const buckets = checkBuckets('buckets', options.buckets ?? DEFAULT_BUCKETS);
    const queueBuckets = checkBuckets('queueBuckets', options.queueBuckets ?? DEFAULT_QUEUE_BUCKETS);
    const errorTypes = new ErrorTypes(options.errorTypes);
    const clock = options.clock === undefined ? systemClock : options.clock;
    checkClock(clock, 'monotonicMs', 'epochMs', 'setTimer');
    const layout = {
      window,
      boundsMs: milliseconds(buckets),
      queueBoundsMs: milliseconds(queueBuckets),
      errorTypes,
      rejected: this.#rejected,
    };
    this.registry = options.registry === undefined ? new MetricRegistry() : checkRegistry(options.registry);
    this.#clock = clock;
    this.#errorTypes = errorTypes;
    this.#table = new ToolTable(layout, maxTools, idleTtlMs);
    this.#context = { clock, table: this.#table, epochMs: () => clock.epochMs(), calls: 0 };
    const records = () => this.#records();
    this.#exposition = new Exposition({ registry: this.registry, clock, cacheMs, collectTimeoutMs });
    this.#families = [
      ...toolFamilies(buckets, queueBuckets, errorTypes).map(
        (family) => [family.definition, toolSource(family, records)] as const,
      ),
      ...selfFamilies(() => this.#totals()),
      rejectedFamily(this.#rejected),
      ...this.#exposition.families,
    ];
    attachAll(this.registry, this.#families);
  }

  /**
   * Creates the series of a tool, starting at 0. Undeclared names share `__unknown__`.
   * @returns false for a name that cannot be a label value (not 1 to 128 printable characters, or `__unknown__`), which is
   * counted as rejected
   */
  declare(tool: string): boolean {
    const declared = this.#table.declare(tool, this.#clock.monotonicMs());
    if (!declared) this.#rejected.add('tool');
    return declared;
  }

  /** Drops a tool and its series; with running calls, when the last one ends. */
  forget(tool: string): void {
    this.#table.forget(tool);
  }

  /** Counts a call as running until `end` of the result. Does not throw. */
  start(tool: string): ToolCall {
    const nowMs = this.#clock.monotonicMs();
    const record = this.#table.forCall(tool, nowMs);
    if (record === this.#table.unknown) this.#rejected.add('tool');
    return new ToolCall(this.#context, record, nowMs);
  }

  /** A function that records every call of `fn` as a call of `tool`; see {@link WrapOptions}. */
  wrap<A extends unknown[], R>(tool: string, fn: (...args: A) => R, options?: WrapOptions<A>): (...args: A) => R {
    const classify = options?.classify ?? ((error) => outcomeOfError(error, this.#errorTypes.names));
    return wrapTool(this, tool, fn, { ...options, classify });
  }

  /** Statistics of a tool with its own series, or of `__unknown__`; undefined for any other. */
  stats(tool: string): ToolStatistics | undefined {
    const record = tool === UNKNOWN_TOOL ? this.#table.unknown : this.#table.get(tool);
    return record === undefined ? undefined : toolStatistics(record, this.#epochOffsetMs());
  }

  snapshot(): MetricsSnapshot {
    const offsetMs = this.#epochOffsetMs();
    const tools = this.#records().map((record) => toolStatistics(record, offsetMs));
    return { generatedAt: new Date(this.#clock.epochMs()).toISOString(), totals: this.#totals(), tools };
  }

  /**
   * The whole registry, including metrics of other libraries, as Prometheus text or as OpenMetrics with exemplars. Cached for
   * `cacheMs`.
   */
  async exposition({ openMetrics = false }: { openMetrics?: boolean } = {}): Promise<ExpositionResult> {
    // The registry may have been cleared.
    if (!this.#disposed) attachAll(this.registry, this.#families);
    return this.#exposition.render(openMetrics);
  }

  /** Removes the series from the registry. Running calls can still end. */
  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#exposition[Symbol.dispose]();
    detachAll(this.registry, this.#families);
  }

  /** A copy, because tools can be added and removed while a scrape yields. */
  #records(): ToolRecord[] {
    this.#table.evictIdle(this.#clock.monotonicMs());
    return this.#table.records();
  }

  #totals(): MetricsSnapshot['totals'] {
    return {
      calls: this.#context.calls,
      tools: this.#table.size,
      evicted: { ...this.#table.evicted },
      rejected: this.#rejected.counts(),
    };
  }

  #epochOffsetMs(): number {
    return this.#clock.epochMs() - this.#clock.monotonicMs();
  }
}

function milliseconds(seconds: readonly number[]): Float64Array {
  return Float64Array.from(seconds, (bound) => bound * 1000);
}

function inRange(option: string, value: number, min: number, max: number): number {
  if (typeof value === 'number' && value >= min && value <= max) return value;
  throw new RangeError(`${option} must be a number from ${min} to ${max}, got ${String(value)}`);
}

function wholeNumber(option: string, value: number, min: number, max: number): number {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
  throw new RangeError(`${option} must be a whole number from ${min} to ${max}, got ${String(value)}`);
}
