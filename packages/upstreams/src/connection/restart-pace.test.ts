import { expect, test } from 'vitest';

import { ManualClock } from '../test-support/manual-clock.ts';
import type { ConnectionError } from './connection-error.ts';
import { RestartPace } from './restart-pace.ts';

function waitOf(pace: RestartPace): number {
  try {
    pace.check();
    return 0;
  } catch (error) {
    return (error as ConnectionError).retryAfterMs ?? 0;
  }
}

test('a program that ends at once is started at most eight times in two minutes', () => {
  const clock = new ManualClock();
  const pace = new RestartPace({}, clock);
  let starts = 0;
  while (clock.monotonicMs() < 120_000) {
    if (waitOf(pace) === 0) {
      starts += 1;
      pace.failed();
    }
    clock.advance(100);
  }
  expect(starts).toBeLessThanOrEqual(8);
  expect(starts).toBeGreaterThanOrEqual(6);
});

test('the waits begin anew after thirty seconds of life and not after five', () => {
  const clock = new ManualClock();
  const pace = new RestartPace({}, clock);
  const live = (ms: number): number => {
    const openedMs = pace.opened();
    clock.advance(ms);
    pace.lost(openedMs);
    const wait = waitOf(pace);
    clock.advance(wait);
    return wait;
  };
  for (let n = 0; n < 4; n += 1) live(5000);
  expect(live(5000)).toBeGreaterThan(10_000);
  expect(live(30_000)).toBeLessThanOrEqual(1200);
});

test('after ten failures it is for calls alone, until it has run for thirty seconds or an operator restarts it', () => {
  const clock = new ManualClock();
  const pace = new RestartPace({}, clock);
  const fail = (times: number): void => {
    for (let n = 0; n < times; n += 1) pace.failed();
  };
  fail(9);
  expect(pace.isForCallsOnly).toBe(false);
  fail(1);
  expect(pace.isForCallsOnly).toBe(true);
  const openedMs = pace.opened();
  clock.advance(30_000);
  pace.lost(openedMs);
  expect(pace.isForCallsOnly).toBe(false);
  fail(10);
  pace.reset();
  expect([pace.isForCallsOnly, waitOf(pace)]).toEqual([false, 0]);
  pace.failed();
  expect(waitOf(pace)).toBeLessThanOrEqual(1200);
});
