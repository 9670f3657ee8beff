/** Where time comes from; the same shape in every package. Tests pass their own. */
export interface Clock {
  /** Milliseconds from an arbitrary origin; never runs backwards. Every decision uses this. */
  monotonicMs(): number;
  /** Milliseconds since the Unix epoch; may step. Only for events, errors, statistics and snapshots. */
  epochMs(): number;
  /** Calls `fn` once after `ms`; disposing cancels. Does not keep the process alive. */
  setTimer(ms: number, fn: () => void): Disposable;
}

/** What a breaker needs of a clock: it sets no timers. */
export type BreakerClock = Pick<Clock, 'monotonicMs' | 'epochMs'>;

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  epochMs: () => Date.now(),
  setTimer: (ms, fn) => setTimeout(fn, ms).unref(),
};
