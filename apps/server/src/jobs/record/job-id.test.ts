import { expect, test } from 'vitest';

import { isJobId, newJobId } from './job-id.ts';

test('ids have 160 random bits: none repeats, and every character is as frequent as another', () => {
  const ids = Array.from({ length: 10_000 }, newJobId);
  expect(new Set(ids).size).toBe(10_000);
  expect(ids.every(isJobId)).toBe(true);
  const counts = new Map<string, number>();
  // The last character has fewer values: 160 is no multiple of 6.
  for (const character of ids.map((id) => id.slice(0, 26)).join('')) {
    counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  const expected = 260_000 / 64;
  const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  expect(counts.size).toBe(64);
  // 63 degrees of freedom: one in a hundred million is above.
  expect(chiSquare).toBeLessThan(150);
});
