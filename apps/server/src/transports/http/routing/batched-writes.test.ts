import { setImmediate as iteration } from 'node:timers/promises';
import { expect, test } from 'vitest';

import { batchWrite } from './batched-writes.ts';

test('nothing is written before the end of the iteration, then everything in order', async () => {
  const written: string[] = [];
  for (const answer of ['one', 'two', 'three']) batchWrite(() => written.push(answer));
  await Promise.resolve();
  expect(written).toEqual([]);
  await iteration();
  expect(written).toEqual(['one', 'two', 'three']);
});

test('a write added during the writes waits for the next iteration', async () => {
  const written: string[] = [];
  batchWrite(() => batchWrite(() => written.push('later')));
  await iteration();
  expect(written).toEqual([]);
  await iteration();
  expect(written).toEqual(['later']);
});
