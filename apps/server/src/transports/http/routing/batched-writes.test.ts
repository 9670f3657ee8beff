import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';

import { batchWrite } from './batched-writes.ts';

test('writes nothing before the turn is over, then everything, in order', async () => {
  const written: string[] = [];
  for (const answer of ['one', 'two', 'three']) batchWrite(() => written.push(answer));
  await Promise.resolve();
  expect(written).toEqual([]);
  await turn();
  expect(written).toEqual(['one', 'two', 'three']);
});

test('leaves to the next turn what comes up while it writes', async () => {
  const written: string[] = [];
  batchWrite(() => batchWrite(() => written.push('later')));
  await turn();
  expect(written).toEqual([]);
  await turn();
  expect(written).toEqual(['later']);
});
