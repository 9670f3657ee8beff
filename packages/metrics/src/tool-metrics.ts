import { checkBuckets, DEFAULT_BUCKETS, DEFAULT_QUEUE_BUCKETS } from './buckets.ts';
import { checkClock, type Clock, systemClock } from './clock.ts';
import { Exposition, type ExpositionResult } from './exposition.ts';
import { attachAll, detachAll, type SourcedFamily } from './metric-family.ts';
import { bookkeepingFamilies, rejectedFamily } from './bookkeeping-series.ts';
import { checkRegistry, MetricRegistry, type PrometheusRegistry } from './registry.ts';
import { type RejectedField, RejectedValues } from './rejected-values.ts';
import { type CallContext, ToolCall } from './tool-call.ts';
import type { ToolRecord } from './tool-record.ts';
import { toolFamilies, toolSource } from './tool-series.ts';
import { type ToolStatistics, toolStatistics } from './tool-statistics.ts';
import { type EvictionReason, ToolTable, UNKNOWN_TOOL } from './tool-table.ts';
import { wrapTool, type WrapOptions } from './wrap-tool.ts';

export interface ToolMetricsOptions {
  /** Where the series are registered: a prom-client or @prometheus-io/client registry. @default one of our own, without any library */
  registry?: PrometheusRegistry | undefined;
  /** Tools with series of their own, 1 to 100000; beyond, the least recently used idle one is evicted. @default 1000 */
  maxTools?: number | undefined;
  /** Milliseconds after which an unused tool is evicted, above 0. @default 24 hours */
  idleTtlMs?: number | undefined;
  /** Executions in the sliding window, 1 to 100000. @default 100 */
  window?: number | undefined;
  /** Upper bounds of `mcp_tool_execution_seconds`, in seconds, rising. @default {@link DEFAULT_BUCKETS}, 5 ms to 10 min */
  buckets?: readonly number[] | undefined;
  /** Upper bounds of `mcp_tool_queue_seconds`, in seconds, rising. @default {@link DEFAULT_QUEUE_BUCKETS}, 10 ms to 30 s */
  queueBuckets?: readonly number[] | undefined;
  /** Milliseconds for which one exposition answers everybody, 0 to 60000. @default 1000 */
  cacheMs?: number | undefined;
  /** Milliseconds that a metric of somebody else may take to collect itself, 1 to 60000. @default 500 */
  collectTimeoutMs?: number | undefined;
  clock?: Clock | undefined;
}

/** Everything ToolMetrics knows, as plain JSON with finite numbers only. */
export interface MetricsSnapshot {
  /** ISO 8601, UTC. */
  generatedAt: string;
  totals: {
    /** Calls ever ended, those of evicted and forgotten tools included. */
    calls: number;
    /** Tools that have series of their own. */
    tools: number;
    evicted: Record<EvictionReason, number>;
    rejected: Record<RejectedField, number>;
  };
  /** In order of declaration; `__unknown__` last, and only once it was used. */
  tools: ToolStatistics[];
}

/**
 * Counts tool calls. Recording touches plain numbers of one record per tool; Prometheus series, percentiles and JSON are
 * computed when somebody asks. Everything it holds is bounded, and nothing it is told can make it throw or poison a series.
 */
export class ToolMetrics implements Disposable {
  readonly registry: PrometheusRegistry;
  readonly #clock: Clock;
  readonly #table: ToolTable;
  readonly #rejected = new RejectedValues();
  readonly #context: CallContext;
  readonly #exposition: Exposition;
  readonly #families: readonly SourcedFamily[];
  #disposed = false;

  /**
   * @throws RangeError naming the option, its range and the value given; TypeError for a registry or clock that is none;
   * Error when the registry holds another metric of one of our names
   */
  constructor(options: ToolMetricsOptions = {}) {
    const maxTools = wholeNumber('maxTools', options.maxTools ?? 1000, 1, 100_000);
    const window = wholeNumber('window', options.window ?? 100, 1, 100_000);
    const idleTtlMs = inRange('idleTtlMs', options.idleTtlMs ?? 24 * 3600 * 1000, 1, Number.MAX_SAFE_INTEGER);
    const cacheMs = inRange('cacheMs', options.cacheMs ?? 1000, 0, 60_000);
    const collectTimeoutMs = inRange('collectTimeoutMs', options.collectTimeoutMs ?? 500, 1, 60_000);
    const buckets = checkBuckets('buckets', options.buckets ?? DEFAULT_BUCKETS);
    const queueBuckets = checkBuckets('queueBuckets', options.queueBuckets ?? DEFAULT_QUEUE_BUCKETS);
    const clock = checkClock(options.clock === undefined ? systemClock : options.clock);
    const layout = {
      window,
      boundsMs: milliseconds(buckets),
      queueBoundsMs: milliseconds(queueBuckets),
      rejected: this.#rejected,
    };
    this.registry = options.registry === undefined ? new MetricRegistry() : checkRegistry(options.registry);
    this.#clock = clock;
    this.#table = new ToolTable(layout, maxTools, idleTtlMs);
    this.#context = { clock, table: this.#table, epochMs: () => clock.epochMs(), calls: 0 };
    const records = () => this.#records();
    this.#exposition = new Exposition({ registry: this.registry, clock, cacheMs, collectTimeoutMs });
    this.#families = [
      ...toolFamilies(buckets, queueBuckets).map((family) => [family.definition, toolSource(family, records)] as const),
      ...bookkeepingFamilies(() => this.#totals()),
      rejectedFamily(this.#rejected),
      ...this.#exposition.families,
    ];
    attachAll(this.registry, this.#families);
  }

  /**
   * Gives a tool series of its own, starting at zero. Undeclared names share `__unknown__`.
   * @returns false for a name that cannot be a label value (not 1 to 128 printable characters, or `__unknown__`); it is counted as rejected
   */
  declare(tool: string): boolean {
    const declared = this.#table.declare(tool, this.#clock.monotonicMs());
    if (!declared) this.#rejected.add('tool');
    return declared;
  }

  /** Drops a tool and its series, once its last running call has ended. */
  forget(tool: string): void {
    this.#table.forget(tool);
  }

  /** Counts a call as running until the handle's `end`. Never throws. */
  start(tool: string): ToolCall {
    const nowMs = this.#clock.monotonicMs();
    const record = this.#table.forCall(tool, nowMs);
    if (record === this.#table.unknown) this.#rejected.add('tool');
    return new ToolCall(this.#context, record, nowMs);
  }

  /** A function that records every call of `fn` as a call of `tool`; see {@link WrapOptions}. */
  wrap<A extends unknown[], R>(tool: string, fn: (...args: A) => R, options?: WrapOptions<A>): (...args: A) => R {
    return wrapTool(this, tool, fn, options);
  }

  /** Statistics of a tool that has series of its own, or of `__unknown__`. */
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
   * The whole registry as Prometheus text, or as OpenMetrics with exemplars: our series and whatever else is registered.
   * Answers are shared for `cacheMs`.
   */
  async exposition({ openMetrics = false }: { openMetrics?: boolean } = {}): Promise<ExpositionResult> {
    // Again, in case somebody cleared the registry.
    if (!this.#disposed) attachAll(this.registry, this.#families);
    return this.#exposition.render(openMetrics);
  }

  /** Takes the series off the registry. Calls can still end; nothing reads them any more. */
  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#exposition[Symbol.dispose]();
    detachAll(this.registry, this.#families);
  }

  /** A copy: a scrape pauses while tools come and go. */
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
