/** The two clocks a breaker reads. Inject one to test without waiting. */
export interface Clock {
  /** Milliseconds on a clock that never steps; every decision is made on it. */
  monotonicMs(): number;
  /** Milliseconds since the Unix epoch; only written into events, errors, statistics and snapshots. */
  epochMs(): number;
}

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  epochMs: () => Date.now(),
};
