import { setTimeout as sleep } from 'node:timers/promises';

/** Time as the store uses it; replaced in tests. Its timers never keep the process alive. */
export interface ConfigClock {
  /** Milliseconds since 1970. */
  now(): number;
  delay(ms: number): Promise<void>;
  /** Calls back every `ms` until disposed. */
  every(ms: number, call: () => void): Disposable;
}

export const systemClock: ConfigClock = {
  now: () => Date.now(),
  delay: (ms) => sleep(ms, undefined, { ref: false }),
  every: (ms, call) => {
    const timer = setInterval(call, ms).unref();
    return { [Symbol.dispose]: () => clearInterval(timer) };
  },
};
