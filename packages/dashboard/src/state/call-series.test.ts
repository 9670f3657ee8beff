import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { CallSeries } from './call-series.ts';
import type { Span } from './series-points.ts';

const span: Span = { label: 'one minute', lengthMs: 60_000, stepMs: 5000, rateOverMs: 10_000 };
const T = 1_800_000_000_000;

function series(...calls: readonly [at: number, outcome?: string, durationMs?: number][]): CallSeries {
  const made = new CallSeries();
  for (const [at, outcome = 'success', durationMs = 10] of calls) made.add({ at: T + at, outcome, durationMs });
  return made;
}

const last = (values: readonly (number | null)[]): number | null | undefined => values.at(-1);

describe('points', () => {
  test('a rate is the mean over the seconds before the point, the present one included', () => {
    const { calls } = series([-9500], [-500], [0.5]).points(span, T + 1, -Infinity);
    expect(last(calls)).toBe(0.2);
    expect(last(series([-500], [-400]).points(span, T, -Infinity).calls)).toBe(0.2);
  });

  test('failed and rejected calls are counted apart, and cancelled ones are neither', () => {
    const made = series([-1, 'execution_error'], [-2, 'timeout'], [-3, 'circuit_breaker_open'], [-4, 'cancelled']);
    const { calls, failed, rejected } = made.points(span, T, -Infinity);
    expect([last(calls), last(failed), last(rejected)]).toEqual([0.4, 0.2, 0.1]);
  });

  test('calls that never ran have no latency', () => {
    const { p50, p99 } = series([-1, 'validation_error', 0], [-2, 'success', 100]).points(span, T, -Infinity);
    expect(last(p50)).toBeCloseTo(100, -1);
    expect(last(p99)).toBeCloseTo(100, -1);
    expect(last(series([-1, 'forbidden', 0]).points(span, T, -Infinity).p50)).toBeNull();
  });

  test('percentiles look back over a minute, and are unknown when nothing ran in it', () => {
    const made = series([-59_000, 'success', 100]);
    expect(last(made.points(span, T, -Infinity).p95)).not.toBeNull();
    expect(last(made.points(span, T + 2000, -Infinity).p95)).toBeNull();
  });

  test('has no values for a time without known calls', () => {
    const { at, calls } = series([-1]).points(span, T, T - 20_000);
    const known = at.filter((_, i) => calls[i] !== null);
    expect(Math.min(...known)).toBe((T - 10_000) / 1000);
  });

  test('a point keeps its place and value while the plot moves on', () => {
    const made = series([-7000], [-6000], [-1000]);
    const early = made.points(span, T, -Infinity);
    const late = made.points(span, T + 3000, -Infinity);
    const place = early.at.indexOf(T / 1000 - 5);
    expect(late.calls[late.at.indexOf(T / 1000 - 5)]).toBe(early.calls[place]);
  });

  test('agree with counting each window from scratch', () => {
    const moments = fc.array(fc.integer({ min: -70_000, max: 0 }), { maxLength: 60 });
    fc.assert(
      fc.property(moments, (offsets) => {
        const { at, calls } = series(...offsets.map((offset) => [offset] as [number])).points(span, T, -Infinity);
        for (const [i, point] of at.entries()) {
          const inside = offsets.filter((o) => T + o >= point * 1000 - 10_000 && T + o < point * 1000).length;
          expect(calls[i]).toBe(inside / 10);
        }
      }),
    );
  });
});

test('points that are kept between drawings are those of a drawing from scratch', () => {
  const step = fc.record({
    passMs: fc.nat(20_000),
    lateMs: fc.nat(90_000),
    durationMs: fc.integer({ min: 1, max: 50 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const kept = series();
      const all: [number, string, number][] = [];
      let now = 0;
      for (const { passMs, lateMs, durationMs } of steps) {
        now += passMs;
        all.push([now - lateMs, 'success', durationMs]);
        kept.add({ at: T + now - lateMs, outcome: 'success', durationMs });
        expect(kept.points(span, T + now, T - 30_000)).toEqual(series(...all).points(span, T + now, T - 30_000));
      }
    }),
  );
});

describe('counts and forgetting', () => {
  test('count what happened in the time before', () => {
    const { calls, failed, rejected } = series([-1], [-2, 'timeout'], [-90_000]).counts(T, 60_000);
    expect({ calls, failed, rejected }).toEqual({ calls: 2, failed: 1, rejected: 0 });
  });

  test('what lies before a moment is forgotten, what lies after is not', () => {
    const made = series([-5000], [-1000]);
    made.forgetBefore(T - 3000);
    expect(made.counts(T, 60_000).calls).toBe(1);
  });
});
