import { describe, expect, test } from 'vitest';
import { failTimes, ok, outcomeOf, setUp } from './test-support/rig.ts';

describe('stats', () => {
  test('of a new breaker are complete plain JSON', () => {
    const { breaker } = setUp();
    expect(breaker.stats()).toEqual({
      name: 'db',
      state: 'closed',
      forced: null,
      retryAfterMs: 0,
      primedForMs: 0,
      totals: { calls: 0, success: 0, failure: 0, rejected: 0, ignored: 0 },
      inFlight: 0,
      stale: 0,
      slow: 0,
      consecutiveSuccesses: 0,
      consecutiveFailures: 0,
      successRate: null,
      failureReasons: {},
      recentErrors: [],
      transitions: {
        'closed->open': 0,
        'open->half_open': 0,
        'open->closed': 0,
        'half_open->open': 0,
        'half_open->closed': 0,
      },
      changedAt: null,
      lastFailureAt: null,
      reopenings: 0,
      recoveryTimeoutMs: 1000,
      probes: 0,
      window: null,
    });
  });

  test('count everything that happened', async () => {
    const { breaker, clock } = setUp({ ignore: (error) => error === 'neutral' });
    for (let n = 0; n < 3; n++) await breaker.execute(ok);
    expect(breaker.stats()).toMatchObject({ consecutiveSuccesses: 3, consecutiveFailures: 0, successRate: 1 });
    await failTimes(breaker, 1, 'neutral');
    clock.advance(5);
    await failTimes(breaker, 2, new TypeError('bad'));
    await outcomeOf(breaker.execute(ok));
    const at = 1_700_000_000_005;
    expect(breaker.stats()).toMatchObject({
      state: 'open',
      retryAfterMs: 1000,
      totals: { calls: 7, success: 3, failure: 2, rejected: 1, ignored: 1 },
      consecutiveSuccesses: 0,
      consecutiveFailures: 2,
      successRate: 0.6,
      failureReasons: { TypeError: 2 },
      recentErrors: [
        { name: 'TypeError', message: 'bad', at },
        { name: 'TypeError', message: 'bad', at },
      ],
      changedAt: at,
      lastFailureAt: at,
    });
  });

  test('have the length of the open period before jitter', async () => {
    const { breaker, clock } = setUp({
      recoveryMultiplier: 2,
      maxRecoveryTimeoutMs: 3000,
      jitter: 1,
      random: () => 0.25,
    });
    const lengths: number[] = [];
    await failTimes(breaker, 2);
    for (let n = 0; n < 3; n++) {
      lengths.push(breaker.stats().recoveryTimeoutMs);
      clock.advance(breaker.retryAfterMs);
      await failTimes(breaker, 1);
    }
    expect(lengths).toEqual([1000, 2000, 3000]);
    breaker.reset();
    expect(breaker.stats().recoveryTimeoutMs).toBe(1000);
  });

  test('accept anything that is thrown', async () => {
    const { breaker } = setUp({ failureThreshold: 100 });
    const unreadable = Object.defineProperty(new Error('x'), 'name', {
      get() {
        throw new Error('no');
      },
    });
    const thrown = ['text', undefined, null, 7, { message: 'plain' }, unreadable, Symbol('s'), Object.create(null)];
    for (const error of thrown) expect(await outcomeOf(breaker.execute(() => Promise.reject(error)))).toBe(error);
    expect(breaker.stats().recentErrors.map(({ name, message }) => `${name}: ${message}`)).toEqual([
      'string: text',
      'undefined: undefined',
      'object: null',
      'number: 7',
      'object: plain',
      'unreadable: ',
      'symbol: Symbol(s)',
      'unreadable: ',
    ]);
  });

  test('are copies', async () => {
    const { breaker } = setUp();
    await failTimes(breaker, 2);
    const first = breaker.stats();
    Object.assign(first.transitions, { 'closed->open': 99 });
    Object.assign(first.recentErrors[0] ?? {}, { message: 'changed' });
    expect(breaker.stats()).toMatchObject({
      transitions: { 'closed->open': 1 },
      recentErrors: [{ message: 'boom' }, {}],
    });
  });

  test('count a reason called __proto__', async () => {
    const { breaker } = setUp();
    await failTimes(breaker, 1, { name: '__proto__', message: '' });
    expect(Object.entries(breaker.stats().failureReasons)).toEqual([['__proto__', 1]]);
  });
});
