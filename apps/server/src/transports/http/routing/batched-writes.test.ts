import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';

import { atEndOfTurn } from './batched-writes.ts';

test('writes nothing before the turn is over, then everything, in order', async () => {
  const written: string[] = [];
  for (const answer of ['one', 'two', 'three']) atEndOfTurn(() => written.push(answer));
  await Promise.resolve();
  expect(written).toEqual([]);
  await turn();
  expect(written).toEqual(['one', 'two', 'three']);
});

test('leaves to the next turn what comes up while it writes', async () => {
  const written: string[] = [];
  atEndOfTurn(() => atEndOfTurn(() => written.push('later')));
  await turn();
  expect(written).toEqual([]);
  await turn();
  expect(written).toEqual(['later']);
});
