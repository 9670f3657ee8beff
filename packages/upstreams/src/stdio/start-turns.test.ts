import { expect, test } from 'vitest';

import { StartTurns } from './start-turns.ts';

const { signal } = new AbortController();

test('so many go at once, and the others in the order in which they came', async () => {
  const turns = new StartTurns(2);
  const order: number[] = [];
  const taken = Array.from({ length: 5 }, async (_, n) => {
    const turn = await turns.take(signal);
    order.push(n);
    return turn;
  });
  const [first, second] = [await taken[0]!, await taken[1]!];
  expect(order).toEqual([0, 1]);
  second[Symbol.dispose]();
  second[Symbol.dispose]();
  (await taken[2]!)[Symbol.dispose]();
  await taken[3];
  expect(order).toEqual([0, 1, 2, 3]);
  first[Symbol.dispose]();
  await taken[4];
  expect(order).toEqual([0, 1, 2, 3, 4]);
});

test('one that gives up while it waits takes no turn', async () => {
  const turns = new StartTurns(1);
  const first = await turns.take(signal);
  const giving = new AbortController();
  const given = turns.take(giving.signal);
  giving.abort(new Error('no longer wanted'));
  await expect(given).rejects.toThrow('no longer wanted');
  first[Symbol.dispose]();
  await expect(turns.take(signal)).resolves.toBeDefined();
});
