/** Where time comes from. Tests give their own. */
export interface Clock {
  /** Milliseconds from an arbitrary origin, never running backwards. Durations are differences of this. */
  monotonicMs(): number;
  /** Milliseconds since the Unix epoch, for timestamps that people read. */
  epochMs(): number;
}

/** @throws TypeError unless it has both functions */
export function checkClock(clock: Clock): Clock {
  const { monotonicMs, epochMs } = Object(clock) as Partial<Clock>;
  if (typeof monotonicMs === 'function' && typeof epochMs === 'function') return clock;
  throw new TypeError(`clock must have the functions monotonicMs and epochMs, got ${typeof clock}`);
}

const { hrtime } = process;

export const systemClock: Clock = {
  // performance.now() reads the same clock for a tenth more; a call reads it twice.
  monotonicMs: () => {
    const [seconds, nanoseconds] = hrtime();
    return seconds * 1e3 + nanoseconds / 1e6;
  },
  epochMs: () => Date.now(),
};
