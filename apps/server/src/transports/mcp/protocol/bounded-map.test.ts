import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { BoundedMap } from './bounded-map.ts';

test('a new entry evicts the oldest when the map is full', () => {
  const map = new BoundedMap<string, number>(2);
  map.set('a', 1);
  map.set('b', 2);
  map.set('c', 3);
  expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([undefined, 2, 3]);
});

test('a new value for a known key evicts nothing', () => {
  const map = new BoundedMap<string, number>(2);
  map.set('a', 1);
  map.set('b', 2);
  map.set('b', 3);
  expect([map.get('a'), map.get('b')]).toEqual([1, 3]);
});

test('the map never exceeds its bound, and the last entry is always there', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.array(fc.nat(12), { minLength: 1 }), (maxEntries, keys) => {
      const map = new BoundedMap<number, number>(maxEntries);
      keys.forEach((key, index) => {
        map.set(key, index);
        expect(map.size).toBeLessThanOrEqual(maxEntries);
        expect(map.get(key)).toBe(index);
      });
    }),
  );
});
