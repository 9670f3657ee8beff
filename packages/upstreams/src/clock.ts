/** Where time comes from. Tests pass their own. */
export interface Clock {
  /** Milliseconds from an arbitrary origin; never runs backwards. Durations and decisions use this. */
  monotonicMs(): number;
  /** Milliseconds since the Unix epoch; may step. For timestamps only. */
  epochMs(): number;
  /** Calls `fn` once after `ms`; disposing cancels. Must not keep the process alive. */
  setTimer(ms: number, fn: () => void): Disposable;
}

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  epochMs: () => Date.now(),
  setTimer: (ms, fn) => setTimeout(fn, ms).unref(),
};
