import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { CheckDefinition, CheckOutcome } from '../check-definition.ts';
import { eventLoopCheck } from './event-loop.ts';
import type { DelayHistogram } from './event-loop.ts';

async function run(check: CheckDefinition): Promise<CheckOutcome> {
  return check.run({ signal: new AbortController().signal });
}

describe('the event-loop check', () => {
  function histogram(p99Ms: number): DelayHistogram & { resets: number; enabled: boolean } {
    return {
      count: 5,
      max: (p99Ms + 20) * 1e6,
      resets: 0,
      enabled: false,
      percentile: () => (p99Ms + 20) * 1e6,
      reset() {
        this.resets += 1;
      },
      enable() {
        this.enabled = true;
      },
      disable() {
        this.enabled = false;
      },
    };
  }

  test.each([
    [0, 'healthy'],
    [100, 'healthy'],
    [101, 'degraded'],
    [900, 'unhealthy'],
  ])('at a lag of %d ms is %s', async (lag, status) => {
    const check = eventLoopCheck({ histogram: histogram(lag), unhealthyMs: 500 });
    expect(await run(check)).toMatchObject({
      status,
      observedValue: lag,
      observedUnit: 'ms',
      source: 'node:perf_hooks',
    });
  });

  test('is unhealthy only with unhealthyMs', async () => {
    expect(await run(eventLoopCheck({ histogram: histogram(50_000) }))).toMatchObject({ status: 'degraded' });
  });

  test('measures from one run to the next until it is disposed', async () => {
    const delays = histogram(10);
    const check = eventLoopCheck({ histogram: delays });
    await run(check);
    await run(check);
    expect(delays).toMatchObject({ resets: 2, enabled: true });
    check[Symbol.dispose]?.();
    expect(delays.enabled).toBe(false);
  });

  test('starts to measure at its first run', async () => {
    const check = eventLoopCheck();
    expect(await run(check)).toMatchObject({
      status: 'healthy',
      observedValue: undefined,
      message: 'measurement has started',
    });
    check[Symbol.dispose]?.();
  });

  test('detects a blocked event loop', async () => {
    const histogram = monitorEventLoopDelay({ resolution: 20 });
    const check = eventLoopCheck({ thresholdMs: 20, histogram });
    const sampled = async (count: number): Promise<void> => {
      while (histogram.count < count) await nextTurn();
    };
    await run(check);
    await sampled(1);
    const until = performance.now() + 120;
    while (performance.now() < until);
    await sampled(histogram.count + 1);
    const outcome = await run(check);
    check[Symbol.dispose]?.();
    expect(outcome.status).toBe('degraded');
    expect(Number(outcome.observedValue)).toBeGreaterThan(60);
  });
});
