import { type Clock, systemClock } from './clock.ts';
import { greet, type GreetOptions } from './greet.ts';

export interface GreetRepeatedlyOptions extends GreetOptions {
  /** Milliseconds between two greetings, above 0. @default 1000 */
  readonly intervalMs?: number;
  readonly clock?: Clock;
}

/**
 * Calls `write` with a greeting after every interval until the result is disposed.
 * @throws {RangeError} when the name or the interval is out of range
 */
export function greetRepeatedly(
  write: (greeting: string) => void,
  { intervalMs = 1000, clock = systemClock, ...options }: GreetRepeatedlyOptions = {},
): Disposable {
  if (!(intervalMs > 0)) throw new RangeError(`intervalMs must be above 0, got ${intervalMs}`);
  const greeting = greet(options);
  let timer: Disposable;
  const schedule = (): void => {
    timer = clock.setTimer(intervalMs, () => {
      // Before the call, so that `write` may dispose.
      schedule();
      write(greeting);
    });
  };
  schedule();
  return { [Symbol.dispose]: () => timer[Symbol.dispose]() };
}
