/** Where time comes from; the same shape in every package. Tests pass their own. */
export interface Clock {
  /** Milliseconds from an arbitrary origin; never runs backwards. Durations and decisions use this. */
  monotonicMs(): number;
  /** Milliseconds since the Unix epoch; may step. For timestamps only. */
  epochMs(): number;
  /** Calls `fn` once after `ms`; disposing cancels. Does not keep the process alive. */
  setTimer(ms: number, fn: () => void): Disposable;
}

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  epochMs: () => Date.now(),
  setTimer: (ms, fn) => setTimeout(fn, ms).unref(),
};

/** Calls `fn` every `ms` until disposed. A call that starts late does not make up for the time lost. */
export function repeat(clock: Pick<Clock, 'setTimer'>, ms: number, fn: () => void): Disposable {
  let timer: Disposable;
  const arm = (): void => {
    timer = clock.setTimer(ms, () => {
      arm();
      fn();
    });
  };
  arm();
  return { [Symbol.dispose]: () => timer[Symbol.dispose]() };
}
