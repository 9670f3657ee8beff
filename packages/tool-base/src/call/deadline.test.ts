import { describe, expect, test } from 'vitest';
import { Deadline, UNSETTLED } from './deadline.ts';

/** A clock whose timers fire when the test says so, however late. */
class LateClock {
  now = 0;
  readonly timers: { readonly ms: number; readonly fn: () => void }[] = [];

  monotonicMs(): number {
    return this.now;
  }

  epochMs(): number {
    return this.now;
  }

  setTimer(ms: number, fn: () => void): Disposable {
    this.timers.push({ ms, fn });
    return { [Symbol.dispose]: () => undefined };
  }
}

describe('a deadline whose timer fires late, as after a suspension of the machine', () => {
  test('adds the missed time once', async () => {
    const clock = new LateClock();
    const run = Promise.withResolvers<string>();
    const race = new Deadline(clock, 4000, undefined).race(run.promise, 0);
    clock.now = 9000;
    clock.timers[0]?.fn();
    expect(clock.timers.map(({ ms }) => ms)).toEqual([4000, 4000]);
    run.resolve('done');
    expect(await race).toBe('done');
  });

  test('stops the run when the added time is over', async () => {
    const clock = new LateClock();
    const deadline = new Deadline(clock, 4000, undefined);
    const race = deadline.race(new Promise(() => undefined), 0);
    clock.now = 6000;
    clock.timers[0]?.fn();
    clock.now = 60_000;
    clock.timers[1]?.fn();
    expect(clock.timers.map(({ ms }) => ms)).toEqual([4000, 2000]);
    expect(await race).toBe(UNSETTLED);
    expect(deadline.stopReason).toBe('timeout');
  });

  test('adds nothing for the delays of an ordinary timer', async () => {
    const clock = new LateClock();
    const race = new Deadline(clock, 4000, undefined).race(new Promise(() => undefined), 0);
    clock.now = 4900;
    clock.timers[0]?.fn();
    expect(await race).toBe(UNSETTLED);
  });
});
