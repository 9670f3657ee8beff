import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { LatencySketch } from './latency-sketch.ts';

const durations = fc.array(fc.double({ min: 0.01, max: 6e8, noNaN: true }), { minLength: 1, maxLength: 200 });
const shares = [0.01, 0.5, 0.95, 0.99, 1];

function sketchOf(values: readonly number[]): LatencySketch {
  const sketch = new LatencySketch();
  for (const value of values) sketch.add(value);
  return sketch;
}

test('every quantile is within one percent of the exact one, by nearest rank', () => {
  fc.assert(
    fc.property(durations, (values) => {
      const sorted = values.toSorted((a, b) => a - b);
      for (const [i, estimate] of sketchOf(values).quantiles(shares).entries()) {
        const exact = sorted[Math.ceil((shares[i] ?? 1) * sorted.length) - 1] ?? Number.NaN;
        expect(Math.abs((estimate ?? Number.NaN) - exact) / exact).toBeLessThanOrEqual(0.01);
      }
    }),
  );
});

test('taking away what was added leaves what was there before', () => {
  fc.assert(
    fc.property(durations, durations, (before, added) => {
      const sketch = sketchOf(before);
      sketch.addAll(sketchOf(added));
      expect(sketch.quantiles(shares)).toEqual(sketchOf([...before, ...added]).quantiles(shares));
      sketch.removeAll(sketchOf(added));
      expect(sketch.quantiles(shares)).toEqual(sketchOf(before).quantiles(shares));
      expect(sketch.count).toBe(before.length);
    }),
  );
});

test('knows nothing without a sample, and takes no sample that is no number', () => {
  expect(sketchOf([Number.NaN, Infinity]).quantiles([0.5, 0.99])).toEqual([null, null]);
  expect(sketchOf([0]).quantiles([0.5])[0]).toBeLessThan(0.02);
});
