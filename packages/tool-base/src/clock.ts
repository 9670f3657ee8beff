/** Time and timers. Tests pass a clock that they advance themselves. */
export interface Clock {
  /** Milliseconds from an arbitrary origin; never runs backwards. Durations and decisions use this. */
  monotonicMs(): number;
  /** Milliseconds since the Unix epoch; may step. For timestamps only. */
  epochMs(): number;
  /** Calls `fn` once after `ms`; disposing cancels. */
  setTimer(ms: number, fn: () => void): Disposable;
}

/** A running call keeps the process alive, so its timers do too. */
export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  epochMs: () => Date.now(),
  setTimer: (ms, fn) => setTimeout(fn, ms),
};
