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
  expect(pace.failures).toBe(4);
  expect(live(5000)).toBeGreaterThan(10_000);
  expect(live(30_000)).toBeLessThanOrEqual(1200);
  expect(pace.failures).toBe(1);
});
