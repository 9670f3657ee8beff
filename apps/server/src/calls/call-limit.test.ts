import { expect, test } from 'vitest';

import { CallLimit } from './call-limit.ts';

function enter(limit: CallLimit, caller: string, times: number): number {
  let entered = 0;
  for (let call = 0; call < times; call += 1) if (limit.tryEnter(caller)) entered += 1;
  return entered;
}

test('one caller fills at most three quarters and its part of the rest', () => {
  const limit = new CallLimit(256);
  const greedy = enter(limit, 'greedy', 1000);
  expect(greedy).toBe(192);
  expect(enter(limit, 'other', 10)).toBe(10);
});

test('callers share the last quarter, and the limit holds for all together', () => {
  const limit = new CallLimit(8);
  expect(enter(limit, 'a', 10)).toBe(6);
  expect(enter(limit, 'b', 10)).toBe(1);
  expect(enter(limit, 'c', 10)).toBe(1);
  expect(enter(limit, 'd', 10)).toBe(0);
  expect(limit.inFlight).toBe(8);
});

test('a small limit is open to a single caller', () => {
  expect(enter(new CallLimit(3), 'only', 10)).toBe(3);
});

test('places that are returned can be taken again, by the same caller and by others', () => {
  const limit = new CallLimit(4);
  expect(enter(limit, 'a', 9)).toBe(3);
  for (let call = 0; call < 3; call += 1) limit.leave('a');
  expect(limit.inFlight).toBe(0);
  expect(enter(limit, 'b', 9)).toBe(3);
});
