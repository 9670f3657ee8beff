import { describe, expect, test } from 'vitest';
import { boom, failTimes, ok, outcomeOf, setUp, startPending } from './test-support/rig.ts';

describe('operator control', () => {
  test('forceOpen rejects every call until reset, however long that takes', async () => {
    const { breaker, clock, transitions } = setUp();
    breaker.forceOpen('maintenance');
    expect(breaker.stats()).toMatchObject({ state: 'open', forced: 'open', retryAfterMs: 1000 });
    clock.advance(1e12);
    const rejected = await outcomeOf(breaker.execute(ok));
    expect(rejected).toMatchObject({ reason: 'forced', state: 'open', retryAfterMs: 1000 });
    breaker.reset();
    expect(breaker).toMatchObject({ state: 'closed', forced: undefined, retryAfterMs: 0 });
    expect(transitions).toEqual(['closed->open', 'open->closed']);
  });

  test('retryAfterMs of a forced circuit is never 0', () => {
    const { breaker } = setUp({ recoveryTimeoutMs: 0 });
    breaker.forceOpen();
    expect(breaker.retryAfterMs).toBe(1);
  });

  test('forceClosed admits everything until reset, whatever the outcomes', async () => {
    const { breaker } = setUp();
    breaker.trip();
    breaker.forceClosed();
    await failTimes(breaker, 50);
    breaker.trip();
    expect(breaker).toMatchObject({ state: 'closed', forced: 'closed' });
    breaker.reset();
    await failTimes(breaker, 1);
    expect(breaker.state).toBe('closed');
    await failTimes(breaker, 1);
    expect(breaker.state).toBe('open');
  });

  test('forceClosed also overrides the rates of a window', async () => {
    const { breaker } = setUp({ slidingWindow: { type: 'count', size: 2 } });
    breaker.forceClosed();
    await failTimes(breaker, 10);
    expect(breaker.state).toBe('closed');
  });

  test('trip opens as failures would, and recovers by itself', () => {
    const { breaker, clock } = setUp();
    breaker.trip();
    clock.advance(600);
    breaker.trip();
    expect(breaker.retryAfterMs).toBe(400);
    clock.advance(400);
    expect(breaker.state).toBe('half_open');
    breaker.trip();
    expect(breaker.stats()).toMatchObject({ state: 'open', reopenings: 1, retryAfterMs: 1500 });
  });

  test('trip first ends an open period that is over', () => {
    const { breaker, clock, transitions } = setUp();
    breaker.trip();
    clock.advance(1000);
    breaker.trip();
    expect(transitions).toEqual(['closed->open', 'open->half_open', 'half_open->open']);
  });

  test('trip does nothing while forced open', () => {
    const { breaker } = setUp();
    breaker.forceOpen();
    breaker.trip();
    expect(breaker).toMatchObject({ state: 'open', forced: 'open' });
  });

  test('reset clears the counts, and calls admitted before it are stale', async () => {
    const { breaker } = setUp();
    const before = startPending(breaker);
    await failTimes(breaker, 1);
    breaker.reset();
    before.reject(boom);
    await before.done;
    await failTimes(breaker, 1);
    expect(breaker.state).toBe('closed');
    expect(breaker.stats()).toMatchObject({ stale: 1, consecutiveFailures: 1, totals: { failure: 2 } });
  });

  test('a successful run before a trip does not count towards closing', async () => {
    const { breaker, clock } = setUp({ successThreshold: 2 });
    for (let n = 0; n < 5; n++) await breaker.execute(ok);
    breaker.trip();
    clock.advance(1000);
    await breaker.execute(ok);
    expect(breaker.state).toBe('half_open');
  });
});
