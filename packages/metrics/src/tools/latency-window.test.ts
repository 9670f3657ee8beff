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
  test('every key is present from the start, null without a sample', () => {
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

  test('percentiles use the nearest rank', () => {
    expect(windowOf(100, [1, 2]).statistics().p50Ms).toBe(1);
    const twenty = Array.from({ length: 20 }, (_, i) => i + 1);
    expect(windowOf(100, twenty).statistics()).toMatchObject({ p50Ms: 10, p95Ms: 19, p99Ms: 20, sampleCount: 20 });
  });

  test('a new execution replaces the oldest', () => {
    const window = windowOf(3, [1000, 1, 2, 3]);
    expect(window.statistics()).toMatchObject({ sampleCount: 3, minMs: 1, maxMs: 3, averageMs: 2 });
  });

  test('the failure rate is the share of failures in the window', () => {
    const window = new LatencyWindow(4);
    for (const mark of [FAILED, FAILED, SUCCEEDED, SUCCEEDED, SUCCEEDED, FAILED] as const) window.add(1, mark);
    expect(window.statistics().failureRate).toBe(0.25);
  });

  test('a neutral execution does not count in the failure rate, and a rejected duration only there', () => {
    const window = new LatencyWindow(4);
    window.add(10, NEUTRAL);
    expect(window.statistics()).toMatchObject({ sampleCount: 1, failureRate: null });
    window.add(Number.NaN, FAILED);
    window.add(20, SUCCEEDED);
    expect(window.statistics()).toMatchObject({ sampleCount: 2, averageMs: 15, maxMs: 20, failureRate: 0.5 });
  });

  test('percentiles equal those of a sorted copy, for any durations and size', () => {
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
