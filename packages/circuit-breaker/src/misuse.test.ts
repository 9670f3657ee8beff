import { describe, expect, test } from 'vitest';
import { failTimes, listen, outcomeOf, ok, setUp, setUpHalfOpen } from './test-support/rig.ts';
import { CircuitBreaker, CircuitBreakerRegistry, CircuitOpenError } from './index.ts';

function rejection(breaker: CircuitBreaker): CircuitOpenError {
  try {
    breaker.acquire();
  } catch (error) {
    if (error instanceof CircuitOpenError) return error;
  }
  throw new Error('admitted');
}

describe('extreme numbers', () => {
  test('a recovery timeout of 0 stays 0 however often the circuit re-opens', () => {
    const { breaker } = setUp({ failureThreshold: 1, recoveryTimeoutMs: 0, recoveryMultiplier: 10 });
    // 10 ** 309 is Infinity, and 0 times that no number.
    for (let n = 0; n < 400; n++) breaker.acquire().failure(new Error('down'));
    expect(breaker.stats()).toMatchObject({ state: 'half_open', reopenings: 399 });
  });

  test('a random source that leaves its range makes no open period of 0 or less', async () => {
    for (const drawn of [-50, Number.NaN, -Infinity]) {
      const { breaker } = setUp({ jitter: 1, random: () => drawn });
      await failTimes(breaker, 2);
      expect(breaker.retryAfterMs).toBe(1000);
    }
  });

  test('the advice for the longest open period gives the latest time of a Date', () => {
    const { breaker } = setUp({ recoveryTimeoutMs: Number.MAX_SAFE_INTEGER });
    breaker.trip();
    expect(rejection(breaker).advice).toContain('Do not retry before +275760-09-13T00:00:00.000Z');
  });
});

describe('an invalid signal', () => {
  test.each(['x', {}, new AbortController(), AbortSignal])('%s throws before anything is counted', async (signal) => {
    const { breaker } = await setUpHalfOpen();
    const { calls } = breaker.stats().totals;
    const error = await outcomeOf(breaker.execute(ok, { signal: signal as AbortSignal }));
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toMatch(/option signal must be an AbortSignal, got/);
    expect(breaker.stats()).toMatchObject({ probes: 0, totals: { calls } });
  });

  test('a signal of another realm is accepted', async () => {
    const { breaker } = await setUpHalfOpen();
    const foreign = { aborted: true, reason: new Error('gone'), addEventListener: () => undefined };
    await expect(breaker.execute(ok, { signal: foreign as never })).rejects.toThrow('gone');
    expect(breaker.stats().totals.ignored).toBe(1);
  });

  test('null means no signal, as for fetch', async () => {
    const { breaker } = await setUpHalfOpen();
    await expect(breaker.execute(ok, { signal: null as never })).resolves.toBe('ok');
  });
});

describe('callbacks that return a promise', () => {
  test.each(['isFailure', 'ignore'] as const)('an async %s makes the call a failure', async (name) => {
    for (const predicate of [async () => name === 'ignore', async () => Promise.reject(new Error('late'))]) {
      const { breaker, warnings } = setUp({ [name]: predicate });
      await failTimes(breaker, 2);
      expect(breaker.state).toBe('open');
      expect(warnings).toContain(`Circuit breaker "db": ${name} threw, so the call counts as a failure`);
    }
  });

  test('an async isFailureResult makes a failure too, and the caller gets the value', async () => {
    const causes: unknown[] = [];
    const onWarning = (_message: string, cause: unknown): unknown => causes.push(cause);
    const { breaker } = setUp({ isFailureResult: (async () => false) as never, onWarning });
    await expect(breaker.execute(ok)).resolves.toBe('ok');
    expect(breaker.stats().totals.failure).toBe(1);
    expect(causes).toEqual([new TypeError('isFailureResult must answer true or false at once, got a promise')]);
  });

  test('an async onWarning may fail without ending the process', async () => {
    const onWarning = async (): Promise<void> => Promise.reject(new Error('no log'));
    const { breaker } = setUp({ onWarning, ignore: () => JSON.parse('}') as boolean });
    await failTimes(breaker, 2);
    expect(breaker.state).toBe('open');
  });
});

describe('snapshots of other sources', () => {
  test.each([undefined, null, 0, '', 'x', [], {}])('restore(%j) gives a closed breaker and a warning', (snapshot) => {
    const warnings: string[] = [];
    const breaker = CircuitBreaker.restore(snapshot, { name: 'db', onWarning: (text) => warnings.push(text) });
    expect(breaker.state).toBe('closed');
    expect(warnings).toEqual([expect.stringContaining('the snapshot was rejected')]);
  });

  test('a snapshot whose outcomes are no string is ignored', () => {
    const slidingWindow = { type: 'count', size: 5 } as const;
    const { breaker, clock } = setUp({ slidingWindow });
    const snapshot = { ...breaker.toJSON(), window: { type: 'count', outcomes: ['123'] } };
    const restored = setUp({ slidingWindow, clock, snapshot });
    expect(restored.warnings).toHaveLength(1);
    expect(restored.breaker.stats().window).toEqual({ calls: 0, failures: 0, slow: 0 });
  });

  test('the remaining time of a half-open snapshot is ignored', async () => {
    const { breaker, clock } = await setUpHalfOpen();
    expect(breaker.state).toBe('half_open');
    const restored = setUp({ clock, snapshot: { ...breaker.toJSON(), remainingMs: 500 } }).breaker;
    expect(restored.toJSON()).toEqual(breaker.toJSON());
  });
});

describe('the registry', () => {
  test.each([null, 5, 'x', true])('throws for %j as its defaults or its options', (wrong) => {
    expect(() => new CircuitBreakerRegistry({ defaults: wrong as never })).toThrow(
      new TypeError(`CircuitBreaker option defaults must be an object, got ${JSON.stringify(wrong)}`),
    );
    expect(() => new CircuitBreakerRegistry(wrong as never)).toThrow(/^CircuitBreaker option list must be an object/);
  });

  test('an override that is undefined overrides nothing', () => {
    const registry = new CircuitBreakerRegistry({ defaults: { failureThreshold: 1 } });
    const breaker = registry.get('db', { failureThreshold: undefined });
    breaker.acquire().failure(new Error('down'));
    expect(breaker.state).toBe('open');
  });
});

describe('misused permits', () => {
  test('reports after the first, and a disposal, have no effect', async () => {
    const { breaker } = await setUpHalfOpen({ successThreshold: 3 });
    const ignored = listen(breaker, 'ignored');
    const permit = breaker.acquire();
    permit.success();
    permit.failure(new Error('late'));
    permit.release();
    permit[Symbol.dispose]();
    expect(breaker.stats()).toMatchObject({ consecutiveSuccesses: 1, state: 'half_open', inFlight: 0 });
    expect(ignored).toEqual([]);
  });
});
