/**
 * Counts durations in buckets whose bounds grow by a constant factor, so that every quantile is right to one percent of
 * its value however many durations were counted (the idea of DDSketch: Masson, Rim and Lee, VLDB 2019). Sketches can be
 * added to and taken from each other, which is what a window that slides over time needs.
 */
const GAMMA = 1.02;
const LOG_GAMMA = Math.log(GAMMA);
/** Milliseconds; shorter durations count as this long. */
const MIN_DURATION_MS = 0.01;

export class LatencySketch {
  readonly #counts = new Map<number, number>();
  #total = 0;

  get count(): number {
    return this.#total;
  }

  /** A duration in milliseconds; one that is no finite number is left out. */
  add(durationMs: number): void {
    if (Number.isFinite(durationMs)) this.#shift(bucketOf(durationMs), 1);
  }

  addAll(other: LatencySketch): void {
    for (const [bucket, count] of other.#counts) this.#shift(bucket, count);
  }

  /** Undoes an {@link addAll} of the same sketch. */
  removeAll(other: LatencySketch): void {
    for (const [bucket, count] of other.#counts) this.#shift(bucket, -count);
  }

  /**
   * By nearest rank, as the server computes them.
   * @param shares rising, each above 0 and at most 1
   * @returns milliseconds, within 1 % of the true value; null for each while nothing was counted
   */
  quantiles(shares: readonly number[]): (number | null)[] {
    if (this.#total === 0) return shares.map(() => null);
    const buckets = [...this.#counts].sort(([a], [b]) => a - b);
    let position = 0;
    let seen = buckets[0]?.[1] ?? 0;
    return shares.map((share) => {
      const rank = Math.ceil(share * this.#total);
      while (seen < rank && position < buckets.length - 1) seen += buckets[++position]?.[1] ?? 0;
      return valueOf(buckets[position]?.[0] ?? 0);
    });
  }

  #shift(bucket: number, by: number): void {
    const count = (this.#counts.get(bucket) ?? 0) + by;
    if (count > 0) this.#counts.set(bucket, count);
    else this.#counts.delete(bucket);
    this.#total += by;
  }
}

function bucketOf(durationMs: number): number {
  return Math.ceil(Math.log(Math.max(durationMs, MIN_DURATION_MS)) / LOG_GAMMA);
}

/** The value whose relative distance to both bounds of the bucket is the same. */
function valueOf(bucket: number): number {
  return (2 * GAMMA ** bucket) / (GAMMA + 1);
}
