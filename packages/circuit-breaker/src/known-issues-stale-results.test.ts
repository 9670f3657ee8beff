import { describe, expect, test } from 'vitest';
import { CircuitOpenError } from './index.ts';
import {
  boom,
  fail,
  failTimes,
  listen,
  ok,
  outcomeOf,
  setUp,
  setUpHalfOpen,
  startPending,
} from './test-support/rig.ts';

describe('late results, hanging probes and neutral outcomes', () => {
  // https://github.com/App-vNext/Polly/issues/217
  // https://github.com/Netflix/Hystrix/issues/1350
  // https://github.com/denoland/std/pull/7306
  test('a late success of a call from before the opening does not close a half-open circuit', async () => {
    const { breaker, clock } = setUp();
    const slow = startPending(breaker);
    await failTimes(breaker, 2);
    clock.advance(1000);
    expect(breaker.state).toBe('half_open');
    slow.resolve('late');
    expect(await slow.done).toBe('late');
    expect(breaker.state).toBe('half_open');
    expect(breaker.stats()).toMatchObject({ stale: 1, totals: { success: 0, ignored: 1 } });
  });

  test('an old probe does not close a later half-open period', async () => {
    const { breaker, clock } = await setUpHalfOpen({ halfOpenMaxConcurrent: 2, recoveryMultiplier: 1 });
    const old = startPending(breaker);
    await failTimes(breaker, 1);
    clock.advance(1000);
    expect(breaker.state).toBe('half_open');
    old.resolve();
    await old.done;
    expect(breaker.state).toBe('half_open');
  });

  test('a stale failure does not re-open a half-open circuit', async () => {
    const { breaker, clock, transitions } = setUp();
    const slow = startPending(breaker);
    await failTimes(breaker, 2);
    clock.advance(1000);
    expect(breaker.state).toBe('half_open');
    slow.reject(boom);
    await slow.done;
    expect(breaker.state).toBe('half_open');
    expect(transitions).toEqual(['closed->open', 'open->half_open']);
  });

  test('a stale failure does not count against a circuit that has closed again', async () => {
    const { breaker, clock } = setUp({ failureThreshold: 1 });
    const slow = startPending(breaker);
    await failTimes(breaker, 1);
    clock.advance(1000);
    await breaker.execute(ok);
    slow.reject(boom);
    await slow.done;
    expect(breaker.state).toBe('closed');
    expect(breaker.stats().consecutiveFailures).toBe(0);
  });

  // https://github.com/failsafe-lib/failsafe/issues/391
  test('a stale release does not widen the probe limit', async () => {
    const { breaker, clock } = setUp();
    const closedEra = breaker.acquire();
    const closedEraCall = startPending(breaker);
    await failTimes(breaker, 2);
    clock.advance(1000);
    const probe = breaker.acquire();
    closedEra.release();
    closedEraCall.reject(boom);
    await closedEraCall.done;
    expect(() => breaker.acquire()).toThrow(CircuitOpenError);
    expect(breaker.stats().probes).toBe(1);
    probe.release();
    probe.release();
    breaker.acquire();
    expect(() => breaker.acquire()).toThrow(CircuitOpenError);
  });

  // https://github.com/resilience4j/resilience4j/issues/935
  // https://github.com/decocms/studio/pull/5322
  // https://github.com/kubeflow/mcp-server/issues/221
  test('a hanging probe loses its slot after halfOpenMaxWaitMs, and its late result is ignored', async () => {
    const { breaker, clock } = await setUpHalfOpen({ halfOpenMaxWaitMs: 500 });
    const hung = startPending(breaker);
    clock.advance(499);
    expect(breaker.retryAfterMs).toBe(1);
    expect(await outcomeOf(breaker.execute(ok))).toBeInstanceOf(CircuitOpenError);
    clock.advance(1);
    expect(breaker.retryAfterMs).toBe(0);
    const second = startPending(breaker);
    hung.reject(boom);
    await hung.done;
    expect(breaker.state).toBe('half_open');
    second.resolve();
    await second.done;
    expect(breaker.state).toBe('closed');
  });

  test('a lease ends by time, even if no other call takes the slot', async () => {
    const { breaker, clock } = await setUpHalfOpen({ halfOpenMaxWaitMs: 500 });
    const late = startPending(breaker);
    clock.advance(500);
    late.resolve('late');
    expect(await late.done).toBe('late');
    expect(breaker.state).toBe('half_open');
    expect(breaker.stats()).toMatchObject({ stale: 1, probes: 0, inFlight: 0 });
  });

  // https://github.com/resilience4j/resilience4j/issues/544
  // https://github.com/App-vNext/Polly/issues/1979
  test('an ignored error frees the slot of the probe and does not change the state', async () => {
    const notFound = new Error('not found');
    const { breaker } = await setUpHalfOpen({ ignore: (error) => error === notFound });
    expect(await outcomeOf(breaker.execute(() => Promise.reject(notFound)))).toBe(notFound);
    expect(breaker.state).toBe('half_open');
    expect(breaker.stats()).toMatchObject({ probes: 0, stale: 0, totals: { ignored: 1 } });
    await breaker.execute(ok);
    expect(breaker.state).toBe('closed');
  });

  test("the caller's own abort is neutral in every state", async () => {
    const { breaker, clock } = setUp({ failureThreshold: 1 });
    const ignored = listen(breaker, 'ignored');
    const first = new AbortController();
    const call = startPending(breaker, first.signal);
    first.abort();
    call.reject(first.signal.reason);
    await call.done;
    expect(breaker.state).toBe('closed');
    await failTimes(breaker, 1);
    clock.advance(1000);
    const second = new AbortController();
    const probe = startPending(breaker, second.signal);
    second.abort();
    probe.reject(second.signal.reason);
    await probe.done;
    expect(breaker.state).toBe('half_open');
    expect(ignored.map((event) => event.reason)).toEqual(['aborted', 'aborted']);
  });

  test('a signal that timed out counts as a failure', async () => {
    const { breaker } = setUp({ failureThreshold: 1 });
    const deadline = new AbortController();
    const call = startPending(breaker, deadline.signal);
    deadline.abort(new DOMException('too slow', 'TimeoutError'));
    call.reject(deadline.signal.reason);
    await call.done;
    expect(breaker.state).toBe('open');
  });

  test('a predicate that throws makes the call a failure and is reported, never a success', async () => {
    const broken = (): never => {
      throw new Error('broken rule');
    };
    for (const rule of ['ignore', 'isFailure', 'isFailureResult'] as const) {
      const { breaker, warnings } = await setUpHalfOpen({ [rule]: broken });
      const call = rule === 'isFailureResult' ? ok : fail;
      const direct = await outcomeOf(call());
      const outcome = await outcomeOf(breaker.execute(call));
      expect({ rule, outcome, state: breaker.state }).toEqual({ rule, outcome: direct, state: 'open' });
      expect(warnings.at(-1)).toBe(`Circuit breaker "db": ${rule} threw, so the call counts as a failure`);
    }
  });
});
