/** Statistics of the last executions. Milliseconds; null without a sample. */
export interface WindowStatistics {
  /** Capacity of the window, in executions. */
  size: number;
  /** Durations in the window now. With few samples high percentiles are near the maximum: with 20, p95 is the 19th. */
  sampleCount: number;
  minMs: number | null;
  averageMs: number | null;
  maxMs: number | null;
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
  /** Share of failures and timeouts among the executions in the window, 0 to 1. */
  failureRate: number | null;
}

/** How an execution counts in the failure rate. A neutral one (cancelled by the caller) does not count. */
export const SUCCEEDED = 0;
export const FAILED = 1;
export const NEUTRAL = 2;
export type ExecutionMark = typeof SUCCEEDED | typeof FAILED | typeof NEUTRAL;

/**
 * The last `size` executions of one tool: a ring buffer of durations and marks.
 * Percentiles are exact, by nearest rank (the value at position ceil(p * n), counting from 1).
 */
export class LatencyWindow {
  readonly #durations: Float64Array;
  readonly #marks: Uint8Array;
  #count = 0;
  #next = 0;

  constructor(size: number) {
    this.#durations = new Float64Array(size);
    this.#marks = new Uint8Array(size);
  }

  /** @param durationMs finite and not negative, or NaN for an execution whose duration was rejected */
  add(durationMs: number, mark: ExecutionMark): void {
    const next = this.#next;
    this.#durations[next] = durationMs;
    this.#marks[next] = mark;
    const size = this.#durations.length;
    this.#next = next + 1 === size ? 0 : next + 1;
    if (this.#count < size) this.#count++;
  }

  statistics(): WindowStatistics {
    const size = this.#durations.length;
    const values = scratch(this.#count);
    let n = 0;
    let min = Infinity;
    let max = 0;
    let sum = 0;
    let failed = 0;
    let decided = 0;
    for (let i = 0; i < this.#count; i++) {
      const mark = this.#marks[i];
      if (mark === FAILED) failed++;
      if (mark !== NEUTRAL) decided++;
      const value = this.#durations[i] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      values[n++] = value;
      sum += value;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    const failureRate = decided === 0 ? null : failed / decided;
    if (n === 0) {
      const none = { minMs: null, averageMs: null, maxMs: null, p50Ms: null, p95Ms: null, p99Ms: null };
      return { size, sampleCount: 0, ...none, failureRate };
    }
    const i50 = Math.ceil(0.5 * n) - 1;
    const i95 = Math.ceil(0.95 * n) - 1;
    const i99 = Math.ceil(0.99 * n) - 1;
    // After a selection all values right of the rank are at least as large, so the next one searches only there.
    const p50Ms = select(values, 0, n - 1, i50);
    const p95Ms = select(values, i50, n - 1, i95);
    const p99Ms = select(values, i95, n - 1, i99);
    // Rounding errors of the sum could put the average of equal values outside of their range.
    const averageMs = Math.min(max, Math.max(min, sum / n));
    return { size, sampleCount: n, minMs: min, averageMs, maxMs: max, p50Ms, p95Ms, p99Ms, failureRate };
  }
}

let shared = new Float64Array(128);

/** One buffer for all windows: statistics are computed synchronously. */
function scratch(length: number): Float64Array {
  if (shared.length < length) shared = new Float64Array(length);
  return shared;
}

/** Hoare's quickselect with the middle element as pivot: the k-th smallest of values[left..right], partitioning in place. */
function select(values: Float64Array, left: number, right: number, k: number): number {
  let low = left;
  let high = right;
  while (low < high) {
    const pivot = values[(low + high) >>> 1] ?? 0;
    let i = low;
    let j = high;
    while (i <= j) {
      while ((values[i] ?? 0) < pivot) i++;
      while ((values[j] ?? 0) > pivot) j--;
      if (i <= j) {
        const swapped = values[i] ?? 0;
        values[i] = values[j] ?? 0;
        values[j] = swapped;
        i++;
        j--;
      }
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else break;
  }
  return values[k] ?? 0;
}
