import { expect, test } from 'vitest';

import { jsonListResponse } from './json-list-response.ts';

const numbers = (length: number): number[] => Array.from({ length }, (_, n) => n);

test.each([0, 1, 100, 101, 250])('a list of %i is the JSON of all of it', async (length) => {
  const response = await jsonListResponse('tools', numbers(length), (n) => ({ n }));
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(await response.json()).toEqual({ tools: numbers(length).map((n) => ({ n })) });
});

test('at most a hundred are written in one turn of the event loop', async () => {
  const turns = [0];
  let isDone = false;
  const nextTurn = (): void => {
    if (isDone) return;
    turns.push(0);
    setImmediate(nextTurn);
  };
  setImmediate(nextTurn);
  await jsonListResponse('tools', numbers(1500), () => void turns.push((turns.pop() ?? 0) + 1));
  isDone = true;
  expect(Math.max(...turns)).toBe(100);
  expect(turns.reduce((sum, count) => sum + count)).toBe(1500);
});
