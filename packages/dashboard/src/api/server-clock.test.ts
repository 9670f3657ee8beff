import { expect, test } from 'vitest';

import { ManualClock } from '../test-support/manual-clock.ts';
import { ServerClock } from './server-clock.ts';

test('is the clock of the browser while the server is within two seconds of it', () => {
  const clock = new ServerClock(new ManualClock(10_000));
  clock.observe(9000);
  expect(clock.epochMs()).toBe(10_000);
});

test('follows the server when the two differ, and does not change with the rounding of the header', () => {
  const clock = new ServerClock(new ManualClock(10_000));
  clock.observe(310_000);
  expect(clock.epochMs()).toBe(310_500);
  clock.observe(311_000);
  expect(clock.epochMs()).toBe(310_500);
});
