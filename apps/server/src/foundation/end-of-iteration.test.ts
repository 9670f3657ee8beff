import { setImmediate as iteration } from 'node:timers/promises';
import { expect, test } from 'vitest';

import { atEndOfIteration } from './end-of-iteration.ts';

test('nothing runs before the end of the iteration, then everything in order', async () => {
  const written: string[] = [];
  for (const answer of ['one', 'two', 'three']) atEndOfIteration(() => written.push(answer));
  await Promise.resolve();
  expect(written).toEqual([]);
  await iteration();
  expect(written).toEqual(['one', 'two', 'three']);
});

test('what is added meanwhile waits for the next iteration', async () => {
  const written: string[] = [];
  atEndOfIteration(() => atEndOfIteration(() => written.push('later')));
  await iteration();
  expect(written).toEqual([]);
  await iteration();
  expect(written).toEqual(['later']);
});
