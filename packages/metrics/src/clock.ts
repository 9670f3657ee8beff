/** Where time comes from; the same shape in every package. Tests pass their own. */
export interface Clock {
  /** Milliseconds from an arbitrary origin; never runs backwards. Durations are differences of this. */
  monotonicMs(): number;
  /** Milliseconds since the Unix epoch; may step. For timestamps only. */
  epochMs(): number;
  /** Calls `fn` once after `ms`; disposing cancels. Does not keep the process alive. */
  setTimer(ms: number, fn: () => void): Disposable;
}

/**
 * Checks that a clock has the functions that its user needs.
 * @throws {TypeError} when one of them is missing
 */
export function checkClock<Needed extends keyof Clock>(clock: Pick<Clock, Needed>, ...needed: Needed[]): void {
  const given = Object(clock) as Partial<Clock>;
  if (needed.every((name) => typeof given[name] === 'function')) return;
  throw new TypeError(`clock must have the functions ${needed.join(', ')}, got ${typeof clock}`);
}

const { hrtime } = process;

export const systemClock: Clock = {
  // performance.now() reads the same clock, but takes a tenth longer; every call reads it twice.
  monotonicMs: () => {
    const [seconds, nanoseconds] = hrtime();
    return seconds * 1e3 + nanoseconds / 1e6;
  },
  epochMs: () => Date.now(),
  setTimer: (ms, fn) => setTimeout(fn, ms).unref(),
};
