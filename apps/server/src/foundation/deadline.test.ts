import { expect, test } from 'vitest';

import { setDeadline } from './deadline.ts';
import { ManualClock } from './test-support/manual-clock.ts';

/** The next time that immediates are called. */
const iteration = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** A clock of a machine that stands still: its timers fire when it goes on. */
class StoppedClock extends ManualClock {
  #lateMs = 0;

  standStill(ms: number): void {
    this.#lateMs += ms;
  }

  override monotonicMs(): number {
    return super.monotonicMs() + this.#lateMs;
  }
}

function deadlineOf(clock: ManualClock, ms: number): { over: number } & Disposable {
  const state = { over: 0 };
  const deadline = setDeadline(clock, ms, () => (state.over += 1));
  return Object.assign(state, { [Symbol.dispose]: () => deadline[Symbol.dispose]() });
}

test('a deadline is over after its time, once', async () => {
  const clock = new ManualClock();
  using deadline = deadlineOf(clock, 100);
  clock.advance(99);
  await iteration();
  expect(deadline.over).toBe(0);
  clock.advance(1);
  await iteration();
  clock.advance(1000);
  await iteration();
  expect(deadline.over).toBe(1);
});

test('an answer that is read in the iteration in which the timer fires is in time', async () => {
  const clock = new ManualClock();
  const deadline = deadlineOf(clock, 100);
  clock.advance(100);
  deadline[Symbol.dispose]();
  await iteration();
  expect(deadline.over).toBe(0);
});

test('after a standstill the same time is given once more, and only once', async () => {
  const clock = new StoppedClock();
  using deadline = deadlineOf(clock, 100);
  clock.standStill(500);
  clock.advance(100);
  clock.advance(99);
  await iteration();
  expect(deadline.over).toBe(0);
  clock.standStill(500);
  clock.advance(1);
  await iteration();
  expect(deadline.over).toBe(1);
});

test('a deadline that is disposed leaves no timer', () => {
  const clock = new StoppedClock();
  const deadline = deadlineOf(clock, 100);
  clock.standStill(500);
  clock.advance(100);
  expect(clock.pendingTimers).toBe(1);
  deadline[Symbol.dispose]();
  expect(clock.pendingTimers).toBe(0);
});
