/** Where time comes from. Tests give their own. */
export interface Clock {
  /** Milliseconds from an arbitrary origin, never running backwards. Durations are differences of this. */
  monotonicMs(): number;
  /** Milliseconds since the Unix epoch, for timestamps that people read. */
  epochMs(): number;
}

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  epochMs: () => Date.now(),
};
