/** Where time comes from. Tests pass their own. */
export interface Clock {
  /** Milliseconds from an arbitrary origin; never runs backwards. Durations and decisions use this. */
  monotonicMs(): number;
  /** Milliseconds since the Unix epoch; may step. For timestamps only. */
  epochMs(): number;
  /** Calls `fn` once after `ms`; disposing cancels. */
  setTimer(ms: number, fn: () => void): Disposable;
}

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  epochMs: () => Date.now(),
  setTimer(ms, fn) {
    const timer = setTimeout(fn, ms);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};

/** Resolves after `ms`, or at once when aborted. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      timer[Symbol.dispose]();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = clock.setTimer(ms, done);
    if (signal.aborted) done();
    else signal.addEventListener('abort', done);
  });
}
