import * as fc from 'fast-check';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { isLabelValue } from '../label-value.ts';
import { type CallOutcome, CALL_STATUSES } from './call-outcome.ts';
import { ERROR_TYPES } from './error-types.ts';
import { ManualClock } from '../test-support/manual-clock.ts';
import { parseExposition, seriesKey, sumOf } from '../test-support/parse-exposition.ts';
import { ToolMetrics } from './tool-metrics.ts';

const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(0, -0, -1, Infinity, Number.NaN, 1e308));
const text = fc.oneof(fc.constantFrom<string>(...ERROR_TYPES), fc.string({ unit: 'binary' }));

/** Anything a careless or hostile caller might pass; the types promise less than the wire delivers. */
const outcome = fc.record(
  {
    status: fc.oneof(fc.constantFrom<string>(...CALL_STATUSES), fc.string()),
    errorType: text,
    durationMs: number,
    queueMs: number,
    outputBytes: number,
    traceId: fc.oneof(fc.uuid(), fc.string({ unit: 'binary' })),
  },
  { requiredKeys: ['status'] },
) as fc.Arbitrary<CallOutcome>;

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('start' as const), tool: fc.nat(7) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('end' as const), call: fc.nat(20), outcome }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('declare' as const), tool: fc.nat(7) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('forget' as const), tool: fc.nat(7) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: -1000, max: 100_000 }) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Plays the steps; returns how many calls ended and how many still run. */
function play(metrics: ToolMetrics, clock: ManualClock, steps: readonly Step[]) {
  const running: { end(outcome: CallOutcome): void }[] = [];
  let ended = 0;
  for (const one of steps) {
    if (one.do === 'start') running.push(metrics.start(`tool-${one.tool}`));
    else if (one.do === 'declare') metrics.declare(`tool-${one.tool}`);
    else if (one.do === 'forget') metrics.forget(`tool-${one.tool}`);
    else if (one.do === 'wait') clock.advance(one.ms);
    else {
      const [call] = running.splice(one.call % Math.max(1, running.length), 1);
      call?.end(one.outcome);
      call?.end(one.outcome);
      if (call !== undefined) ended++;
    }
  }
  return { ended, running: running.length };
}

function allNumbers(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(allNumbers) : [];
}

describe('any sequence of calls', () => {
  test('every number is finite and not negative, in JSON and in Prometheus text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const clock = new ManualClock(Date.UTC(2026, 0, 1));
        const metrics = new ToolMetrics({ clock, cacheMs: 0, maxTools: 3, idleTtlMs: 50_000, window: 5 });
        play(metrics, clock, steps);
        const snapshot = metrics.snapshot();
        expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot);
        const values = parseExposition((await metrics.exposition({ openMetrics: true })).body).map(
          ({ value }) => value,
        );
        for (const value of [...allNumbers(snapshot), ...values]) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThan(Infinity);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('mcp_tool_active has all running calls, and mcp_metrics_calls_total all finished ones', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
        const clock = new ManualClock(Date.UTC(2026, 0, 1));
        const metrics = new ToolMetrics({ clock, cacheMs: 0, maxTools: 3, idleTtlMs: 50_000 });
        const { ended, running } = play(metrics, clock, steps);
        const series = parseExposition((await metrics.exposition()).body);
        expect(sumOf(series, 'mcp_tool_active')).toBe(running);
        expect(sumOf(series, 'mcp_metrics_calls_total')).toBe(ended);
        expect(metrics.snapshot().tools.length).toBeLessThanOrEqual(3 + 1);
      }),
      { numRuns: 150 },
    );
  });

  test('the sum over all series is the number of calls if no tool was dropped', async () => {
    const keeping = step.filter((one) => one.do !== 'forget');
    await fc.assert(
      fc.asyncProperty(fc.array(keeping, { maxLength: 80 }), async (steps) => {
        const clock = new ManualClock(Date.UTC(2026, 0, 1));
        const metrics = new ToolMetrics({ clock, cacheMs: 0 });
        const { ended } = play(metrics, clock, steps);
        const series = parseExposition((await metrics.exposition()).body);
        expect(sumOf(series, 'mcp_tool_execution_total')).toBe(ended);
        const errors = sumOf(series, 'mcp_tool_errors_total');
        expect(errors + sumOf(series, 'mcp_tool_execution_total', { status: 'success' })).toBe(ended);
        const observed = sumOf(series, 'mcp_tool_execution_seconds_count');
        expect(sumOf(series, 'mcp_tool_execution_seconds_bucket', { le: '+Inf' })).toBe(observed);
        const { rejected } = metrics.snapshot().totals;
        const refusedCalls = sumOf(series, 'mcp_tool_execution_total', { status: 'rejected' });
        expect(observed + rejected.duration + refusedCalls).toBe(ended);
      }),
      { numRuns: 150 },
    );
  });
});

describe('series', () => {
  const hostile = fc.oneof(
    fc.string({ unit: fc.constantFrom('"', '\\', ',', '}', '{', '=', 'n', 'x', ':', ' '), minLength: 1, maxLength: 8 }),
    fc.constantFrom('x,tool:y', 'y', 'x,status:timeout', '",tool="y', 'a"} 1', '\\n', '\\\\n', '# HELP'),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
  );

  test('different tools and error types have different series, also through prom-client', async () => {
    const pairs = fc.uniqueArray(fc.tuple(hostile.filter(isLabelValue), fc.constantFrom(...ERROR_TYPES.slice(1))), {
      selector: (pair) => pair.join('\0'),
      minLength: 1,
      maxLength: 200,
    });
    await fc.assert(
      fc.asyncProperty(pairs, async (inputs) => {
        const registry = new Registry();
        const metrics = new ToolMetrics({ registry, cacheMs: 0 });
        for (const [tool, errorType] of inputs) {
          expect(metrics.declare(tool)).toBe(true);
          metrics.start(tool).end({ status: 'failure', errorType, durationMs: 1 });
        }
        const expected = inputs.map(([tool, error_type]) =>
          seriesKey({ name: 'mcp_tool_execution_total', labels: { tool, status: 'failure', error_type } }),
        );
        for (const body of [(await metrics.exposition()).body, await registry.metrics()]) {
          const failures = parseExposition(body).filter(({ labels }) => labels.status === 'failure');
          expect(new Set(failures.map(seriesKey))).toEqual(new Set(expected));
          expect(failures.every(({ value }) => value === 1)).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });
});
