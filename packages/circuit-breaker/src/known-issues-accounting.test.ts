import { describe, expect, test } from 'vitest';
import { boom, failTimes, ok, outcomeOf, setUp, setUpHalfOpen, startPending } from './test-support/rig.ts';
import { CircuitBreaker } from './index.ts';

describe('accounting', () => {
  // https://github.com/connor4312/cockatiel/issues/64
  test('failures older than the window do not count after a pause of any length', async () => {
    const slidingWindow = { type: 'time', durationMs: 5000, minimumCalls: 10 } as const;
    const { breaker, clock } = setUp({ failureThreshold: undefined, slidingWindow });
    await failTimes(breaker, 8);
    clock.advance(3_600_000);
    await failTimes(breaker, 9);
    expect(breaker.state).toBe('closed');
    expect(breaker.stats().window).toEqual({ calls: 9, failures: 9, slow: 0 });
    await failTimes(breaker, 1);
    expect(breaker.state).toBe('open');
  });

  test('rejected, aborted and ignored calls do not count as failures', async () => {
    const { breaker } = await setUpHalfOpen({ ignore: (error) => error === 'queue full' });
    await failTimes(breaker, 3, 'queue full');
    const probe = startPending(breaker);
    await outcomeOf(breaker.execute(ok));
    await outcomeOf(breaker.execute(ok, { signal: AbortSignal.abort() }));
    probe.resolve();
    await probe.done;
    expect(breaker.stats().totals).toEqual({ calls: 8, success: 1, failure: 2, rejected: 1, ignored: 4 });
    expect(breaker.state).toBe('closed');
  });

  test('an ignored error does not change the number of consecutive failures', async () => {
    const { breaker } = setUp({ failureThreshold: 2, ignore: (error) => error === 'neutral' });
    await failTimes(breaker, 1);
    await failTimes(breaker, 5, 'neutral');
    expect(breaker.stats().consecutiveFailures).toBe(1);
    await failTimes(breaker, 1);
    expect(breaker.state).toBe('open');
  });

  test('an error for which isFailure is false counts as a success', async () => {
    const { breaker } = setUp({ isFailure: (error) => error !== 'not found' });
    await failTimes(breaker, 1);
    await failTimes(breaker, 1, 'not found');
    expect(breaker.stats()).toMatchObject({ consecutiveFailures: 0, totals: { success: 1, failure: 1 } });
  });

  // https://github.com/smallrye/smallrye-fault-tolerance/issues/320
  test('with the defaults five consecutive failures open the circuit, and one does not', async () => {
    const breaker = new CircuitBreaker({ name: 'defaults' });
    await failTimes(breaker, 4);
    expect(breaker.state).toBe('closed');
    await failTimes(breaker, 1);
    expect(breaker.state).toBe('open');
    const windowed = new CircuitBreaker({ name: 'windowed', slidingWindow: { type: 'count', size: 100 } });
    await failTimes(windowed, 9);
    expect(windowed.state).toBe('closed');
    await failTimes(windowed, 1);
    expect(windowed.state).toBe('open');
  });

  test('half-open classifies errors by the same rules', async () => {
    const { breaker } = await setUpHalfOpen({
      ignore: (error) => error === 'neutral',
      isFailure: (error) => error !== 'not found',
    });
    await failTimes(breaker, 1, 'neutral');
    expect(breaker.state).toBe('half_open');
    await failTimes(breaker, 1, 'not found');
    expect(breaker.state).toBe('closed');
  });

  // https://github.com/resilience4j/resilience4j/issues/646
  // https://github.com/resilience4j/resilience4j/issues/674
  // https://github.com/resilience4j/resilience4j/issues/1003
  test('entering the same state again is no transition: no event, nothing counted', async () => {
    const { breaker, transitions } = setUp();
    breaker.reset();
    breaker.forceClosed();
    breaker.reset();
    breaker.trip();
    breaker.trip();
    breaker.forceOpen();
    breaker.forceOpen();
    expect(transitions).toEqual(['closed->open']);
    expect(breaker.stats().transitions).toEqual({
      'closed->open': 1,
      'open->half_open': 0,
      'open->closed': 0,
      'half_open->open': 0,
      'half_open->closed': 0,
    });
  });

  test('simultaneous failures open once', async () => {
    const { breaker, transitions } = setUp();
    const calls = Array.from({ length: 10 }, () => startPending(breaker));
    for (const call of calls) call.reject(boom);
    await Promise.all(calls.map((call) => call.done));
    expect(transitions).toEqual(['closed->open']);
    expect(breaker.stats()).toMatchObject({ stale: 8, totals: { failure: 2, ignored: 8 } });
  });

  test('only the first report of a permit counts', async () => {
    const { breaker } = await setUpHalfOpen({ successThreshold: 2 });
    const permit = breaker.acquire();
    permit.success();
    permit.success();
    permit.failure(boom);
    permit.release();
    permit[Symbol.dispose]();
    expect(breaker.state).toBe('half_open');
    expect(breaker.stats().totals).toMatchObject({ calls: 3, success: 1, failure: 2, ignored: 0 });
  });
});
