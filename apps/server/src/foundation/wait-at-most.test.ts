import { expect, test } from 'vitest';

import { ManualClock } from './test-support/manual-clock.ts';
import { waitAtMost } from './wait-at-most.ts';

test('work that ends in time gives its result and leaves no timer', async () => {
  const clock = new ManualClock();
  expect(await waitAtMost(clock, 1000, Promise.resolve('done'), 'late')).toBe('done');
  expect(clock.pendingTimers).toBe(0);
});

test('work that does not end is waited for until the time is over, and not longer', async () => {
  const clock = new ManualClock();
  const work = Promise.withResolvers<string>();
  let result: string | undefined;
  const waiting = waitAtMost(clock, 1000, work.promise, 'late').then((value) => (result = value));
  await clock.advanceAsync(999);
  expect(result).toBeUndefined();
  await clock.advanceAsync(1);
  expect(await waiting).toBe('late');
  work.resolve('done');
  expect([result, clock.pendingTimers]).toEqual(['late', 0]);
});
