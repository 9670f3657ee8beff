import { expect, test } from 'vitest';
import { ManualClock } from '../templates/hello-package/src/test-support/manual-clock.ts';

test('time stands still until it is advanced, and both clocks move together', () => {
  const clock = new ManualClock();
  const start = [clock.monotonicMs(), clock.epochMs()];
  expect(start).toEqual([0, 1_800_000_000_000]);
  clock.advance(250);
  expect([clock.monotonicMs(), clock.epochMs()]).toEqual([250, 1_800_000_000_250]);
});

test('the wall clock steps alone and fires no timer', () => {
  const clock = new ManualClock(5000);
  const fired: string[] = [];
  clock.setTimer(10, () => fired.push('timer'));
  clock.setEpoch(1_000_000);
  clock.stepEpoch(-400);
  expect([clock.monotonicMs(), clock.epochMs(), fired]).toEqual([0, 999_600, []]);
});

test('timers fire in the order of their times, each at its own time, equal ones in the order they were set', () => {
  const clock = new ManualClock(0);
  const fired: [string, number, number][] = [];
  const record = (name: string) => () => void fired.push([name, clock.monotonicMs(), clock.epochMs()]);
  clock.setTimer(30, record('third'));
  clock.setTimer(10, record('first'));
  clock.setTimer(10, record('second'));
  clock.setTimer(31, record('later'));
  clock.advance(30);
  expect(fired).toEqual([
    ['first', 10, 10],
    ['second', 10, 10],
    ['third', 30, 30],
  ]);
  expect(clock.pendingTimers).toBe(1);
});

test('a timer that sets another one fires both in one advance', () => {
  const clock = new ManualClock();
  const fired: number[] = [];
  const schedule = (): void =>
    void clock.setTimer(10, () => {
      fired.push(clock.monotonicMs());
      schedule();
    });
  schedule();
  clock.advance(35);
  expect(fired).toEqual([10, 20, 30]);
});

test('a timer of 0 ms waits for 1 ms, so that setting it again ends', () => {
  const clock = new ManualClock();
  let fired = 0;
  const schedule = (): void =>
    void clock.setTimer(0, () => {
      fired += 1;
      schedule();
    });
  schedule();
  clock.advance(0);
  expect(fired).toBe(0);
  clock.advance(3);
  expect(fired).toBe(3);
});

test('a disposed timer does not fire', () => {
  const clock = new ManualClock();
  let fired = 0;
  const timer = clock.setTimer(10, () => (fired += 1));
  timer[Symbol.dispose]();
  clock.advance(10);
  expect([fired, clock.pendingTimers]).toEqual([0, 0]);
});

test('promise jobs run between two timers of advanceAsync', async () => {
  const clock = new ManualClock();
  const events: string[] = [];
  const sleep = (ms: number) => new Promise<void>((resolve) => void clock.setTimer(ms, resolve));
  const work = (async () => {
    await sleep(10);
    events.push(`woke at ${clock.monotonicMs()}`);
    await sleep(10);
    events.push(`woke at ${clock.monotonicMs()}`);
  })();
  await clock.advanceAsync(20);
  expect(events).toEqual(['woke at 10', 'woke at 20']);
  await work;
});
