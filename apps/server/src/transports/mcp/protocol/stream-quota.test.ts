import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { StreamQuota } from './stream-quota.ts';

test('a caller has its own limit, and all callers have one together', () => {
  const quota = new StreamQuota({ maxPerCaller: 2, maxTotal: 3 });
  expect([quota.acquire('ann'), quota.acquire('ann'), quota.acquire('ann')].filter(Boolean)).toHaveLength(2);
  expect(quota.isFull).toBe(false);
  expect([quota.acquire('bob'), quota.acquire('bob')].filter(Boolean)).toHaveLength(1);
  expect(quota.isFull).toBe(true);
});

test('disposing frees a place once', () => {
  const quota = new StreamQuota({ maxPerCaller: 1, maxTotal: 2 });
  const slot = quota.acquire('ann');
  slot?.[Symbol.dispose]();
  slot?.[Symbol.dispose]();
  expect([quota.acquire('ann'), quota.acquire('bob'), quota.acquire('eve')].map(Boolean)).toEqual([true, true, false]);
});

test('no order of acquiring and releasing exceeds a limit or loses a place', () => {
  const step = fc.record({ caller: fc.constantFrom('a', 'b', 'c'), release: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const quota = new StreamQuota({ maxPerCaller: 2, maxTotal: 4 });
      const granted: [seen: boolean, expected: boolean][] = [];
      const held: { caller: string; slot: Disposable }[] = [];
      for (const { caller, release } of steps) {
        const own = held.filter((one) => one.caller === caller);
        if (release) {
          const [one] = own.splice(0, 1);
          if (one) held.splice(held.indexOf(one), 1)[0]?.slot[Symbol.dispose]();
        } else {
          const slot = quota.acquire(caller);
          granted.push([slot !== undefined, own.length < 2 && held.length < 4]);
          if (slot) held.push({ caller, slot });
        }
      }
      expect(granted.every(([seen, expected]) => seen === expected)).toBe(true);
    }),
  );
});
