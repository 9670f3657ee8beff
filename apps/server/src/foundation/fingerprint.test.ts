import { expect, test } from 'vitest';

import { fingerprintOf } from './fingerprint.ts';

test('arguments are the same whatever the order of their members, and different otherwise', () => {
  expect(fingerprintOf({ a: 1, b: { c: [1, 2], d: null } })).toBe(fingerprintOf({ b: { d: null, c: [1, 2] }, a: 1 }));
  expect(fingerprintOf({ a: 1 })).not.toBe(fingerprintOf({ a: '1' }));
  expect(fingerprintOf({ a: { b: 1 } })).not.toBe(fingerprintOf({ a: [['b', 1]] }));
});
