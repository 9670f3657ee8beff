import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FAILED, LatencyWindow, NEUTRAL, SUCCEEDED } from './latency-window.ts';

function windowOf(size: number, durations: readonly number[]): LatencyWindow {
  const window = new LatencyWindow(size);
  for (const duration of durations) window.add(duration, SUCCEEDED);
  return window;
}

function nearestRank(values: readonly number[], p: number): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.ceil(p * values.length) - 1];
}

describe('LatencyWindow', () => {
  test('has every key from the beginning, null where there is no sample', () => {
    expect(new LatencyWindow(100).statistics()).toEqual({
      size: 100,
      sampleCount: 0,
      minMs: null,
      averageMs: null,
      maxMs: null,
      p50Ms: null,
      p95Ms: null,
      p99Ms: null,
      failureRate: null,
    });
  });

  test('takes percentiles by nearest rank', () => {
    expect(windowOf(100, [1, 2]).statistics().p50Ms).toBe(1);
    const twenty = Array.from({ length: 20 }, (_, i) => i + 1);
    expect(windowOf(100, twenty).statistics()).toMatchObject({ p50Ms: 10, p95Ms: 19, p99Ms: 20, sampleCount: 20 });
  });

  test('forgets the oldest execution when a new one comes', () => {
    const window = windowOf(3, [1000, 1, 2, 3]);
    expect(window.statistics()).toMatchObject({ sampleCount: 3, minMs: 1, maxMs: 3, averageMs: 2 });
  });

  test('tells the share of failures among the executions it holds', () => {
    const window = new LatencyWindow(4);
    for (const mark of [FAILED, FAILED, SUCCEEDED, SUCCEEDED, SUCCEEDED, FAILED] as const) window.add(1, mark);
    expect(window.statistics().failureRate).toBe(0.25);
  });

  test('leaves a neutral execution out of the failure rate, and a refused duration out of the rest', () => {
    const window = new LatencyWindow(4);
    window.add(10, NEUTRAL);
    expect(window.statistics()).toMatchObject({ sampleCount: 1, failureRate: null });
    window.add(Number.NaN, FAILED);
    window.add(20, SUCCEEDED);
    expect(window.statistics()).toMatchObject({ sampleCount: 2, averageMs: 15, maxMs: 20, failureRate: 0.5 });
  });

  test('agrees with sorting, for any durations and any size', () => {
    const duration = fc.double({ min: 0, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.array(duration, { minLength: 1, maxLength: 700 }),
        (size, all) => {
          const last = all.slice(-size);
          const statistics = windowOf(size, all).statistics();
          expect(statistics.p50Ms).toBe(nearestRank(last, 0.5));
          expect(statistics.p95Ms).toBe(nearestRank(last, 0.95));
          expect(statistics.p99Ms).toBe(nearestRank(last, 0.99));
          expect(statistics.minMs).toBe(Math.min(...last));
          expect(statistics.maxMs).toBe(Math.max(...last));
          expect(statistics.averageMs).toBeGreaterThanOrEqual(Math.min(...last));
          expect(statistics.averageMs).toBeLessThanOrEqual(Math.max(...last));
        },
      ),
    );
  });
});
