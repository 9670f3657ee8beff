import { expect, test } from 'vitest';

import { bytes, clockTime, duration, percent, rate, wait, roughWait } from './format.ts';

test.each([
  [null, '–'],
  [Number.NaN, '–'],
  [0, '0 ms'],
  [0.001, '<0.01 ms'],
  [0.42, '0.42 ms'],
  [12.34, '12.3 ms'],
  [999.4, '999 ms'],
  [999.6, '1.0 s'],
  [59_900, '59.9 s'],
  [59_960, '1 min'],
  [200_000, '3 min 20 s'],
])('the duration %s is %s', (ms, text) => expect(duration(ms)).toBe(text));

test.each([
  [-1, '0 s'],
  [1, '1 s'],
  [41_001, '42 s'],
  [60_000, '1 min'],
  [3_780_000, '1 h 3 min'],
])('a wait of %d ms is %s: never less than it will take', (ms, text) => expect(wait(ms)).toBe(text));

test.each([
  [undefined, '–'],
  [0, '0/s'],
  [0.001, '<0.01/s'],
  [0.5, '0.50/s'],
  [1234.5, '1235/s'],
])('the rate %s is %s', (value, text) => expect(rate(value)).toBe(text));

test.each([
  [null, '–'],
  [0, '0 %'],
  [0.0001, '<0.1 %'],
  [0.5, '50.0 %'],
  [0.9999, '>99.9 %'],
  [1, '100 %'],
])('the share %s is %s', (share, text) => expect(percent(share)).toBe(text));

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1536, '1.5 KiB'],
  [10_485_760, '10.0 MiB'],
])('%d bytes are %s', (count, text) => expect(bytes(count)).toBe(text));

test('the time of day is local, on 24 hours', () => {
  const at = new Date(2026, 0, 2, 15, 4, 5).getTime();
  expect(clockTime(at)).toBe('15:04:05');
  expect(clockTime(at, { seconds: false })).toBe('15:04');
});

test.each([
  [0, '0 s'],
  [59_000, '59 s'],
  [59_001, '1 min'],
  [61_000, '2 min'],
  [3_540_000, '59 min'],
  [3_541_000, '1 h'],
  [7_200_001, '3 h'],
])('%d ms are a rough wait of %s', (ms, text) => {
  expect(roughWait(ms)).toBe(text);
});
