import { describe, expect, test } from 'vitest';
import { boom, failTimes, ok, outcomeOf, setUp, setUpHalfOpen, startPending } from './test-support/rig.ts';
import { CircuitBreaker, CircuitBreakerRegistry, CircuitOpenError } from './index.ts';

describe('time, memory, options, snapshots', () => {
  // https://github.com/EtaCassiopeia/zio-openfeature/issues/263
  // https://github.com/exaring/hoglet/pull/25
  test('a step of the wall clock in either direction does not move the recovery', async () => {
    for (const jump of [-3_600_000, 3_600_000]) {
      const { breaker, clock } = setUp();
      await failTimes(breaker, 2);
      clock.stepEpoch(jump);
      expect(breaker.retryAfterMs).toBe(1000);
      clock.advance(999);
      expect(breaker.state).toBe('open');
      clock.advance(1);
      expect(breaker.state).toBe('half_open');
    }
  });

  test('a recovery timeout of 2^31 ms and more is kept to the millisecond', async () => {
    const recoveryTimeoutMs = 2 ** 31 + 5;
    const { breaker, clock } = setUp({ recoveryTimeoutMs });
    await failTimes(breaker, 2);
    expect(breaker.retryAfterMs).toBe(recoveryTimeoutMs);
    clock.advance(recoveryTimeoutMs - 1);
    expect(breaker.state).toBe('open');
  });

  test('the error history holds the last ten errors as short text', async () => {
    const { breaker, clock } = setUp({ failureThreshold: 100 });
    for (let n = 0; n < 12; n++) {
      await failTimes(breaker, 1, new RangeError(`${n} ${'x'.repeat(1000)}`));
      clock.advance(1);
    }
    const { recentErrors, lastFailureAt } = breaker.stats();
    expect(recentErrors).toHaveLength(10);
    expect(recentErrors[0]).toEqual({
      name: 'RangeError',
      message: `2 ${'x'.repeat(254)}`,
      at: 1_700_000_000_002,
    });
    expect(lastFailureAt).toBe(1_700_000_000_011);
  });

  test('failure reasons are counted by name, for at most 20 names', async () => {
    const { breaker } = setUp({ failureThreshold: 100 });
    for (let n = 0; n < 25; n++) await failTimes(breaker, 1, Object.assign(new Error('x'), { name: `E${n}` }));
    await failTimes(breaker, 1, Object.assign(new Error('x'), { name: 'E0' }));
    const { failureReasons } = breaker.stats();
    expect(Object.keys(failureReasons)).toHaveLength(21);
    expect(failureReasons).toMatchObject({ E0: 2, E19: 1, other: 5 });
  });

  // https://github.com/bytedance/gopkg/pull/254
  test('an evicted breaker is no longer held by its registry, and an open one is not evicted', () => {
    const registry = new CircuitBreakerRegistry({ maxBreakers: 2 });
    registry.get('dead').trip();
    registry.get('a');
    registry.get('b');
    registry.get('c');
    expect(registry.names()).toEqual(['dead', 'c']);
  });

  test('options are copied: changing the object later changes nothing, and breakers share no counts', async () => {
    const slidingWindow = { type: 'count', size: 20, minimumCalls: 2 } as const;
    const options = { name: 'a', failureThreshold: 2, slidingWindow: { ...slidingWindow } };
    const frozen = Object.freeze({ ...options, slidingWindow: Object.freeze(options.slidingWindow) });
    const first = new CircuitBreaker(frozen);
    const mutable = { name: 'b', failureThreshold: 2 };
    const second = new CircuitBreaker(mutable);
    mutable.failureThreshold = 1;
    mutable.name = 'changed';
    await failTimes(first, 2);
    await failTimes(second, 1);
    expect(first.state).toBe('open');
    expect(second).toMatchObject({ name: 'b', state: 'closed' });
  });

  test('a snapshot taken at any instant preserves remaining time, back-off and window', async () => {
    for (const spent of [0, 1, 499, 1999, 2000]) {
      const { breaker, clock } = await setUpHalfOpen({ recoveryMultiplier: 2 });
      await failTimes(breaker, 1);
      clock.advance(spent);
      const snapshot: unknown = JSON.parse(JSON.stringify(breaker));
      const { breaker: restored, warnings } = setUp({ recoveryMultiplier: 2, clock, snapshot });
      expect(warnings).toEqual([]);
      expect(restored.state).toBe(spent === 2000 ? 'half_open' : 'open');
      expect(restored.retryAfterMs).toBe(2000 - spent);
      expect(restored.stats().reopenings).toBe(1);
      expect(restored.toJSON()).toEqual(snapshot);
    }
  });

  test('a corrupt or future snapshot gives a closed breaker and a warning', async () => {
    const { breaker, clock } = setUp();
    await failTimes(breaker, 2);
    const good = { ...breaker.toJSON() };
    const bad: unknown[] = [{ ...good, version: 2 }, { ...good, savedAt: clock.epochMs() + 1 }, {}, null, 'text', 7];
    for (const snapshot of bad) {
      const { breaker: restored, warnings } = setUp({ clock, snapshot });
      expect(restored.state).toBe('closed');
      expect(warnings).toEqual([
        expect.stringMatching(/^Circuit breaker "db": the snapshot was rejected and the circuit starts closed: /),
      ]);
    }
  });

  test('the error of a rejection has a code, a message and a text for a model', async () => {
    const { breaker } = setUp();
    await failTimes(breaker, 2);
    const error = await outcomeOf(breaker.execute(ok));
    if (!(error instanceof CircuitOpenError)) throw new Error('not rejected');
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      code: 'CIRCUIT_OPEN',
      breaker: 'db',
      state: 'open',
      reason: 'open',
      retryAfterMs: 1000,
      retryAt: 1_700_000_001_000,
    });
    expect(error.name).toBe('CircuitOpenError');
    expect(error.message).toBe('Circuit "db" is open because recent calls failed; retry after 1000 ms');
    expect(error.advice).toBe(
      '"db" is open because recent calls failed. Do not retry before 2023-11-14T22:13:21.000Z (in 1 s): every earlier ' +
        'call is rejected without being run. Continue without it, or tell the user.',
    );
    expect(error.stack).toBe('CircuitOpenError: Circuit "db" is open because recent calls failed; retry after 1000 ms');
  });

  test('each reason for a rejection has its own message', async () => {
    const { breaker } = await setUpHalfOpen();
    void startPending(breaker);
    expect(await outcomeOf(breaker.execute(ok))).toMatchObject({
      reason: 'half_open_limit',
      message: 'Circuit "db" is testing whether its dependency has recovered; retry after 30000 ms',
    });
    breaker.forceOpen();
    expect(await outcomeOf(breaker.execute(ok))).toMatchObject({
      reason: 'forced',
      message: 'Circuit "db" was switched off by an operator; retry after 1000 ms',
    });
  });

  // https://github.com/envoyproxy/envoy/issues/26758
  // https://github.com/envoyproxy/envoy/issues/37602
  // https://github.com/envoyproxy/envoy/issues/17147
  test('over 10,000 re-openings every open period is above 0 and within the cap, whatever the jitter', async () => {
    for (const random of [() => 0, () => 0.999_999, Math.random, () => Number.NaN]) {
      const { breaker, clock } = setUp({ failureThreshold: 1, jitter: 1, maxRecoveryTimeoutMs: 60_000, random });
      for (let n = 0; n < 2500; n++) {
        await failTimes(breaker, 1);
        const wait = breaker.retryAfterMs;
        if (!(wait > 0 && wait <= 60_000)) throw new Error(`a wait of ${wait} ms after ${n} re-openings`);
        clock.advance(wait);
      }
      expect(breaker.stats().transitions['half_open->open']).toBe(2499);
    }
  });

  test('the back-off starts over when the circuit closes, by a probe or by an operator', async () => {
    const grow = async (): Promise<CircuitBreaker> => {
      const { breaker, clock } = await setUpHalfOpen({ recoveryMultiplier: 3 });
      await failTimes(breaker, 1);
      expect(breaker.retryAfterMs).toBe(3000);
      clock.advance(3000);
      return breaker;
    };
    const closers: ((breaker: CircuitBreaker) => unknown)[] = [
      (breaker) => breaker.execute(ok),
      (breaker) => breaker.reset(),
      (breaker) => {
        breaker.forceClosed();
        breaker.reset();
      },
    ];
    for (const close of closers) {
      const breaker = await grow();
      await close(breaker);
      await failTimes(breaker, 2, boom);
      expect(breaker.retryAfterMs).toBe(1000);
    }
  });
});
