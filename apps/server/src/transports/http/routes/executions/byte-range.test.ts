import { expect, test } from 'vitest';

import { readRange } from './byte-range.ts';
import { readPrefer } from '../calls/prefer-header.ts';

test.each([
  ['bytes=0-4', { start: 0, end: 4 }],
  ['bytes=5-', { start: 5, end: 9 }],
  ['bytes=-3', { start: 7, end: 9 }],
  ['bytes=-30', { start: 0, end: 9 }],
  ['bytes=8-100', { start: 8, end: 9 }],
  ['bytes=10-', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
])('the range %s of 10 bytes', (header, range) => {
  expect(readRange(header, 10)).toEqual(range);
});

test.each([undefined, 'bytes=', 'bytes=-', 'bytes=5-4', 'bytes=0-1,3-4', 'lines=1-2'])('%s is no range', (header) => {
  expect(readRange(header, 10)).toBeUndefined();
});

test.each([
  ['respond-async', true, 0],
  ['Respond-Async, wait=5', true, 5000],
  ['wait="10"; x=1, return=minimal, respond-async', true, 10_000],
  ['wait=9999, respond-async', true, 25_000],
  ['return=minimal', false, 0],
  [undefined, false, 0],
])('the preference %s', (header, isAsync, waitMs) => {
  expect(readPrefer(header)).toEqual({ isAsync, waitMs });
});
