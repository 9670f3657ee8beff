/** Upper bounds in seconds for the time a tool runs: 5 ms to 10 minutes. */
export const DEFAULT_BUCKETS: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600,
];

/** Upper bounds in seconds for the time a call waits in the queue: 10 ms to 30 s. */
export const DEFAULT_QUEUE_BUCKETS: readonly number[] = [0.01, 0.1, 1, 5, 30];

const MAX_BUCKETS = 50;

/**
 * Checks the upper bounds of a histogram.
 * @throws {RangeError} unless they are 1 to 50 finite numbers above 0, each larger than the one before.
 */
export function checkBuckets(option: string, bounds: readonly number[]): readonly number[] {
  const given: unknown = bounds;
  if (!Array.isArray(given)) throw invalid(option, typeof given);
  // Spread, because every() skips the holes of a sparse array.
  const increasing = [...bounds].every((bound, i) => Number.isFinite(bound) && bound > (bounds[i - 1] ?? 0));
  if (bounds.length === 0 || bounds.length > MAX_BUCKETS || !increasing) {
    throw invalid(option, `[${bounds.join(', ')}]`);
  }
  return Object.freeze([...bounds]);
}

function invalid(option: string, given: string): RangeError {
  return new RangeError(
    `${option} must be 1 to ${MAX_BUCKETS} finite upper bounds in seconds, above 0 and rising, got ${given}`,
  );
}

/** The index of the first bound that is not below the value; `bounds.length` = +Inf. */
export function bucketIndex(bounds: Float64Array, value: number): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value <= (bounds[middle] ?? Infinity)) high = middle;
    else low = middle + 1;
  }
  return low;
}
