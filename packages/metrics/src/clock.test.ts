import { expect, test } from 'vitest';
import { systemClock } from './clock.ts';

test('a timer of the system clock fires once, and not after disposal', async () => {
  const fired: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  using _first = systemClock.setTimer(1, () => fired.push('first'));
  systemClock.setTimer(1, () => fired.push('disposed'))[Symbol.dispose]();
  using _last = systemClock.setTimer(2, () => {
    fired.push('last');
    resolve();
  });
  await promise;
  expect(fired).toEqual(['first', 'last']);
});
