import { describe, expect, test } from 'vitest';
import { CircuitOpenError } from './index.ts';
import { boom, failTimes, listen, ok, outcomeOf, setUp, setUpHalfOpen, startPending } from './test-support/rig.ts';

describe('the circuit', () => {
  test('opens after failureThreshold consecutive failures; a success resets the count', async () => {
    const { breaker } = setUp({ failureThreshold: 3 });
    await failTimes(breaker, 2);
    await breaker.execute(ok);
    await failTimes(breaker, 2);
    expect(breaker.state).toBe('closed');
    await failTimes(breaker, 1);
    expect(breaker.state).toBe('open');
  });

  test('rejects without running the function while open, with the time until a retry', async () => {
    const { breaker, clock } = setUp();
    await failTimes(breaker, 2);
    clock.advance(250.5);
    let ran = false;
    const rejected = await outcomeOf(
      breaker.execute(() => {
        ran = true;
      }),
    );
    expect(rejected).toBeInstanceOf(CircuitOpenError);
    expect(rejected).toMatchObject({ state: 'open', reason: 'open', retryAfterMs: 750 });
    expect(ran).toBe(false);
  });

  test('closes after successThreshold successful probes; one failure re-opens', async () => {
    const { breaker, clock } = await setUpHalfOpen({ successThreshold: 3 });
    await breaker.execute(ok);
    await breaker.execute(ok);
    expect(breaker.state).toBe('half_open');
    await failTimes(breaker, 1);
    expect(breaker.state).toBe('open');
    clock.advance(1500);
    for (let n = 0; n < 3; n++) await breaker.execute(ok);
    expect(breaker.state).toBe('closed');
  });

  test('admits halfOpenMaxConcurrent probes at a time; the next slot is free when the first lease ends', async () => {
    const { breaker, clock } = await setUpHalfOpen({ halfOpenMaxConcurrent: 2, halfOpenMaxWaitMs: 100 });
    startPending(breaker);
    clock.advance(30);
    expect(breaker.retryAfterMs).toBe(0);
    startPending(breaker);
    expect(breaker.retryAfterMs).toBe(70);
    expect(await outcomeOf(breaker.execute(ok))).toMatchObject({ reason: 'half_open_limit', retryAfterMs: 70 });
    clock.advance(70);
    startPending(breaker);
    expect(breaker.retryAfterMs).toBe(30);
  });

  test('the open period grows with each failed probe up to the cap, and starts over after closing', async () => {
    const { breaker, clock } = setUp({ recoveryMultiplier: 2, maxRecoveryTimeoutMs: 3000 });
    await failTimes(breaker, 2);
    const waits: number[] = [];
    for (let n = 0; n < 3; n++) {
      waits.push(breaker.retryAfterMs);
      clock.advance(breaker.retryAfterMs);
      await failTimes(breaker, 1);
    }
    expect([...waits, breaker.retryAfterMs]).toEqual([1000, 2000, 3000, 3000]);
    clock.advance(3000);
    await breaker.execute(ok);
    await failTimes(breaker, 2);
    expect(breaker.retryAfterMs).toBe(1000);
  });

  test('jitter is drawn once per opening: every rejection gives the same time', async () => {
    let drawn = 0;
    const random = (): number => (drawn++, 0);
    const { breaker } = setUp({ jitter: 0.1, random });
    await failTimes(breaker, 2);
    expect([breaker.retryAfterMs, breaker.retryAfterMs, breaker.retryAfterMs]).toEqual([900, 900, 900]);
    expect(drawn).toBe(1);
    const { breaker: late } = setUp({ jitter: 0.1, random: () => 0.75 });
    await failTimes(late, 2);
    expect(late.retryAfterMs).toBe(1050);
  });

  test('a value that isFailureResult accepts counts as a failure; the caller still receives it', async () => {
    const isError = { isError: true };
    const { breaker } = setUp({ isFailureResult: (result) => result === isError });
    const received = listen(breaker, 'failure');
    expect(await breaker.execute(() => Promise.resolve(isError))).toBe(isError);
    expect(breaker.executeSync(() => isError)).toBe(isError);
    expect(breaker.state).toBe('open');
    const error = { name: 'FailureResult', message: 'the returned value counts as a failure' };
    expect(received.map((event) => event.error)).toEqual([error, error]);
    expect(breaker.stats().failureReasons).toEqual({ FailureResult: 2 });
  });

  test('a value that isFailureResult does not accept counts as a success', async () => {
    const { breaker } = setUp({ isFailureResult: () => false });
    expect(await breaker.execute(ok)).toBe('ok');
    expect(breaker.stats().totals).toMatchObject({ success: 1, failure: 0 });
  });
});

describe('executeSync', () => {
  test('behaves as execute, without a promise', () => {
    const { breaker, clock } = setUp();
    const throwing = (): never => {
      throw boom;
    };
    expect(breaker.executeSync(() => 7)).toBe(7);
    expect(() => breaker.executeSync(throwing)).toThrow(boom);
    expect(() => breaker.executeSync(throwing)).toThrow(boom);
    expect(() => breaker.executeSync(() => 7)).toThrow(CircuitOpenError);
    clock.advance(1000);
    expect(() => breaker.executeSync(throwing)).toThrow(boom);
    clock.advance(1500);
    expect(breaker.executeSync(() => 8)).toBe(8);
    expect(breaker.state).toBe('closed');
    expect(breaker.stats().totals).toEqual({ calls: 6, success: 2, failure: 3, rejected: 1, ignored: 0 });
  });
});

describe('wrap', () => {
  test('gives a function of the same parameters and the same this', async () => {
    const { breaker } = setUp();
    const counter = {
      start: 10,
      add: breaker.wrap(function (this: { start: number }, a: number, b: number) {
        return this.start + a + b;
      }),
    };
    const sum: number = await counter.add(1, 2);
    expect(sum).toBe(13);
    await failTimes(breaker, 2);
    await expect(counter.add(1, 2)).rejects.toBeInstanceOf(CircuitOpenError);
  });
});

describe('permits', () => {
  test('count as the caller reports', () => {
    const { breaker } = setUp();
    breaker.acquire().success();
    breaker.acquire().failure(boom);
    breaker.acquire().release();
    expect(breaker.stats()).toMatchObject({
      totals: { calls: 3, success: 1, failure: 1, ignored: 1 },
      inFlight: 0,
      consecutiveFailures: 1,
      failureReasons: { Error: 1 },
    });
  });

  test('count as a failure when disposed of undecided, otherwise as reported', () => {
    const { breaker } = setUp();
    {
      using permit = breaker.acquire();
      permit.success();
    }
    expect(() => {
      using _permit = breaker.acquire();
      throw boom;
    }).toThrow(boom);
    expect(breaker.stats()).toMatchObject({
      totals: { success: 1, failure: 1 },
      recentErrors: [{ name: 'UndecidedPermit', message: 'the permit was left undecided' }],
    });
  });

  test('are rejected while open', () => {
    const { breaker } = setUp();
    breaker.trip();
    expect(() => breaker.acquire()).toThrow(CircuitOpenError);
  });

  test('the ignored event gives the reason for a released and for a late permit', async () => {
    const { breaker, clock } = await setUpHalfOpen();
    const received = listen(breaker, 'ignored');
    breaker.acquire().release();
    const late = breaker.acquire();
    clock.advance(30_000);
    late.success();
    expect(received.map(({ reason }) => reason)).toEqual(['released', 'stale']);
  });
});
