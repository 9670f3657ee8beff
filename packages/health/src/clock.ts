/** Cancels a timer; calling it again, or after it has fired, does nothing. */
export interface TimerHandle {
  cancel(): void;
}

/** Where the monitor takes time from. Tests inject their own; intervals are decided on `monotonic`, never on `now`. */
export interface Clock {
  /** Epoch milliseconds, for people and JSON. */
  now(): number;
  /** Milliseconds that never run backwards. */
  monotonic(): number;
  /** Calls `fire` once after `delayMs`. Must not keep the process alive. */
  setTimer(fire: () => void, delayMs: number): TimerHandle;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer(fire, delayMs) {
    const timer = setTimeout(fire, delayMs);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};

/** For as long as somebody awaits what only an unreferenced timer will bring about. */
export function keepProcessAlive(): Disposable {
  const timer = setInterval(() => undefined, 0x7fff_ffff);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
