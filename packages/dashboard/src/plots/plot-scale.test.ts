import { expect, test } from 'vitest';

import { rate } from '../text/format.ts';
import { logarithmicRange, lonePoints, powersOfTen, ROUND_STEPS, tickText } from './plot-scale.ts';

test.each([
  [null, null, [1, 100]],
  [3, 40, [1, 100]],
  [5, 5, [1, 100]],
  [0, 0, [0.01, 1]],
  [20, 9900, [10, 100_000]],
])('values from %s to %s lie between the powers of ten %j', (min, max, range) => {
  expect(logarithmicRange(min, max)).toEqual(range);
});

test('a logarithmic axis has a tick at every power of ten and nowhere else', () => {
  expect(powersOfTen(0.1, 100)).toEqual([0.1, 1, 10, 100]);
});

test('a point without a neighbour is marked, since it makes no line', () => {
  expect(lonePoints([1, null, 2, 3, undefined, 0])).toEqual([0, 5]);
  expect(lonePoints([])).toEqual([]);
});

test.each([
  ['4.0/s', '4/s'],
  ['0.50/s', '0.5/s'],
  ['0.05/s', '0.05/s'],
  ['10.0 ms', '10 ms'],
  ['100 ms', '100 ms'],
  ['1 min 40 s', '1 min 40 s'],
])('the tick %s is written %s', (text, tick) => expect(tickText(text)).toBe(tick));

test('every tick below 1/s is written as it is, not rounded', () => {
  for (const step of ROUND_STEPS.filter((value) => value < 0.5)) {
    for (const tick of [step, 2 * step, 3 * step].filter((value) => value < 0.99)) {
      expect(Number.parseFloat(tickText(rate(tick)))).toBeCloseTo(tick, 10);
    }
  }
});
