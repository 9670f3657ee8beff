import { expect, test } from 'vitest';

import { ManualClock } from '../foundation/test-support/manual-clock.ts';
import { within, type TimeLimit } from './time-limit.ts';

const clock = new ManualClock();
const limit: TimeLimit = { clock, timeoutMs: () => 1000 };

test('a run that does not end is no longer waited for, and the operator gets the limit', async () => {
  const running = within(limit, 'The prompt plan', () => new Promise(() => {}));
  const outcome = running.catch((error: unknown) => error);
  clock.advance(1000);
  expect(await outcome).toMatchObject({
    type: 'timeout',
    message: 'The prompt plan did not end in time.',
    cause: {
      message: 'The prompt plan had not ended after 1000 ms (tool.defaultTimeout) and is no longer waited for.',
    },
  });
  expect(clock.pendingTimers).toBe(0);
});

test.each([
  ['in time', () => Promise.resolve('text')],
  ['at once', () => 'text'],
])('what a run gives %s is passed on, and leaves no timer', async (_, run) => {
  expect(await within(limit, 'The prompt plan', run)).toBe('text');
  expect(clock.pendingTimers).toBe(0);
});

test('a run that fails in time fails as it did', async () => {
  const failure = new TypeError('no');
  await expect(within(limit, 'The prompt plan', () => Promise.reject(failure))).rejects.toBe(failure);
  expect(clock.pendingTimers).toBe(0);
});
