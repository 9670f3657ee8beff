import { describe, expect, test } from 'vitest';
import { failTimes, ok, outcomeOf, setUp, startPending, boom, type Rig } from './test-support/rig.ts';
import type { SlidingWindow } from './index.ts';

function windowed(slidingWindow: SlidingWindow): Rig {
  return setUp({ failureThreshold: undefined, slidingWindow });
}

/** Lets one call take `ms`. */
async function take({ breaker, clock }: Rig, ms: number, how: 'resolve' | 'reject' = 'resolve'): Promise<void> {
  const call = startPending(breaker);
  clock.advance(ms);
  call[how](boom);
  await call.done;
}

describe('the sliding window', () => {
  test('opens at the failure rate, not before the minimum of calls', async () => {
    const { breaker } = windowed({ type: 'count', size: 10, minimumCalls: 4 });
    await failTimes(breaker, 3);
    expect(breaker.state).toBe('closed');
    await breaker.execute(ok);
    expect(breaker.state).toBe('open');
  });

  test('a full count window drops its oldest call', async () => {
    const { breaker } = windowed({ type: 'count', size: 4, minimumCalls: 4, failureRateThreshold: 0.75 });
    await failTimes(breaker, 2);
    for (let n = 0; n < 4; n++) await breaker.execute(ok);
    expect(breaker.stats().window).toEqual({ calls: 4, failures: 0, slow: 0 });
    await failTimes(breaker, 2);
    expect(breaker.state).toBe('closed');
    await failTimes(breaker, 1);
    expect(breaker.state).toBe('open');
  });

  test('a time window drops its calls bucket by bucket', async () => {
    const rig = windowed({ type: 'time', durationMs: 1000, buckets: 4 });
    const { breaker, clock } = rig;
    await failTimes(breaker, 1);
    clock.advance(500);
    await failTimes(breaker, 2);
    clock.advance(499);
    expect(breaker.stats().window).toEqual({ calls: 3, failures: 3, slow: 0 });
    clock.advance(1);
    expect(breaker.stats().window).toEqual({ calls: 2, failures: 2, slow: 0 });
    clock.advance(500);
    expect(breaker.stats().window).toEqual({ calls: 0, failures: 0, slow: 0 });
  });

  test('counts consecutive failures only with a failureThreshold', async () => {
    const slidingWindow = { type: 'count', size: 100, minimumCalls: 100 } as const;
    const without = windowed(slidingWindow);
    await failTimes(without.breaker, 50);
    expect(without.breaker.state).toBe('closed');
    const both = setUp({ failureThreshold: 3, slidingWindow });
    await failTimes(both.breaker, 3);
    expect(both.breaker.state).toBe('open');
  });

  test('counts a call that takes slowCallDurationMs or longer as slow, and opens at the slow-call rate', async () => {
    const rig = windowed({
      type: 'count',
      size: 10,
      minimumCalls: 4,
      slowCallDurationMs: 100,
      slowCallRateThreshold: 0.5,
    });
    const reasons: string[] = [];
    rig.breaker.on('transition', ({ reason }) => reasons.push(reason));
    await take(rig, 99);
    await take(rig, 100);
    await take(rig, 0);
    expect(rig.breaker.stats()).toMatchObject({ slow: 1, window: { calls: 3, failures: 0, slow: 1 } });
    await take(rig, 5000);
    expect(rig.breaker.state).toBe('open');
    expect(reasons).toEqual(['slow call rate reached']);
    expect(rig.breaker.stats()).toMatchObject({ slow: 2, totals: { success: 4, failure: 0 } });
  });

  test('checks the slow-call rate after fast calls too', async () => {
    const rig = windowed({
      type: 'count',
      size: 10,
      minimumCalls: 2,
      slowCallDurationMs: 10,
      slowCallRateThreshold: 0.5,
    });
    await take(rig, 10);
    await take(rig, 0);
    expect(rig.breaker.state).toBe('open');
  });

  test('opens by default only when every call is slow', async () => {
    const rig = windowed({ type: 'count', size: 3, slowCallDurationMs: 10 });
    await take(rig, 0);
    for (let n = 0; n < 2; n++) await take(rig, 10);
    expect(rig.breaker.state).toBe('closed');
    await take(rig, 10);
    expect(rig.breaker.state).toBe('open');
  });

  test('a call can be both slow and failed', async () => {
    const rig = windowed({ type: 'count', size: 10, minimumCalls: 10, slowCallDurationMs: 10 });
    await take(rig, 10, 'reject');
    await take(rig, 9, 'reject');
    expect(rig.breaker.stats().window).toEqual({ calls: 2, failures: 2, slow: 1 });
  });

  test.each<SlidingWindow>([
    { type: 'count', size: 3, slowCallDurationMs: 10 },
    { type: 'time', durationMs: 300, buckets: 3, slowCallDurationMs: 10 },
  ])('drops slow calls like others (%j)', async (slidingWindow) => {
    const rig = windowed(slidingWindow);
    await take(rig, 10);
    await take(rig, 90);
    expect(rig.breaker.stats().window).toEqual({ calls: 2, failures: 0, slow: 2 });
    await take(rig, 0);
    expect(rig.breaker.stats().window).toEqual({ calls: 3, failures: 0, slow: 2 });
    rig.clock.advance(200);
    await take(rig, 0);
    expect(rig.breaker.stats().window?.slow).toBe(1);
    rig.clock.advance(100);
    await take(rig, 0);
    expect(rig.breaker.stats().window?.slow).toBe(0);
  });

  test('an ignored call is not in the window, however long it took', async () => {
    const rig = windowed({ type: 'count', size: 10, slowCallDurationMs: 10 });
    const permit = rig.breaker.acquire();
    rig.clock.advance(50);
    permit.release();
    expect(rig.breaker.stats()).toMatchObject({ slow: 0, window: { calls: 0 } });
  });

  test('a slow probe re-opens the circuit', async () => {
    const rig = windowed({ type: 'count', size: 10, slowCallDurationMs: 10 });
    const reasons: string[] = [];
    rig.breaker.on('transition', ({ reason }) => reasons.push(reason));
    rig.breaker.trip();
    rig.clock.advance(1000);
    await take(rig, 10);
    expect(reasons.at(-1)).toBe('probe was slow');
    rig.clock.advance(1500);
    await take(rig, 9);
    expect(rig.breaker.state).toBe('closed');
  });

  test('starts empty after each closing', async () => {
    const { breaker, clock } = windowed({ type: 'count', size: 4, minimumCalls: 2 });
    await failTimes(breaker, 2);
    expect(breaker.stats().window).toBeNull();
    clock.advance(1000);
    await breaker.execute(ok);
    expect(breaker.stats().window).toEqual({ calls: 0, failures: 0, slow: 0 });
  });

  test('measures synchronous calls the same way', async () => {
    const { breaker, clock } = windowed({ type: 'count', size: 2, minimumCalls: 2, slowCallDurationMs: 10 });
    expect(breaker.executeSync(() => clock.advance(10))).toBeUndefined();
    expect(() =>
      breaker.executeSync(() => {
        clock.advance(10);
        throw boom;
      }),
    ).toThrow(boom);
    expect(breaker.state).toBe('open');
    expect(await outcomeOf(breaker.execute(ok))).toMatchObject({ reason: 'open' });
  });
});
