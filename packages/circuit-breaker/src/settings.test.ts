import { describe, expect, test } from 'vitest';
import { CircuitBreaker, CircuitBreakerRegistry, type CircuitBreakerOptions } from './index.ts';

function make(options: Record<string, unknown>): CircuitBreaker {
  return new CircuitBreaker({ name: 'db', ...options });
}

const MOST = Number.MAX_SAFE_INTEGER;

/** Option, what is allowed, values outside it, values at its edges. */
const NUMBERS: [string, string, number[], number[]][] = [
  ['failureThreshold', `a whole number from 1 to ${MOST}`, [0, 1.5, -1, Number.NaN, Infinity], [1, MOST]],
  ['recoveryTimeoutMs', `a number from 0 to ${MOST}`, [-1, Number.NaN, Infinity], [0, 0.5]],
  ['recoveryMultiplier', `a number from 1 to ${MOST}`, [0.99, Number.NaN, Infinity], [1]],
  ['maxRecoveryTimeoutMs', `a number from 60000 to ${MOST}`, [59_999, Number.NaN, Infinity], [60_000]],
  ['jitter', 'a number from 0 to 1', [-0.1, 1.1, Number.NaN, Infinity], [0, 1]],
  ['successThreshold', `a whole number from 1 to ${MOST}`, [0, 2.5, Infinity], [1]],
  ['halfOpenMaxConcurrent', `a whole number from 1 to ${MOST}`, [0, 2.5, Infinity], [1]],
  ['halfOpenMaxWaitMs', `a number from 1 to ${MOST}`, [0, Number.NaN, Infinity], [1]],
];

describe('options', () => {
  test.each(NUMBERS)('%s takes %s', (option, allowed, outside, edges) => {
    for (const value of outside) {
      const message = `CircuitBreaker option ${option} must be ${allowed}, got ${value}`;
      expect(() => make({ [option]: value })).toThrow(new RangeError(message));
    }
    for (const value of ['5', null, true, {}, 5n]) {
      const shown =
        value === null
          ? 'null'
          : { string: '"5"', boolean: 'true', object: 'object', bigint: '5' }[typeof value as string];
      const message = `CircuitBreaker option ${option} must be ${allowed}, got ${shown}`;
      expect(() => make({ [option]: value })).toThrow(new TypeError(message));
    }
    for (const value of [...edges, undefined]) expect(make({ [option]: value }).state).toBe('closed');
  });

  test('name is a string that is not empty', () => {
    const message = 'CircuitBreaker option name must be a string of 1 or more characters, got';
    expect(() => make({ name: '' })).toThrow(new RangeError(`${message} ""`));
    expect(() => make({ name: 7 })).toThrow(new TypeError(`${message} 7`));
    expect(() => make({ name: undefined })).toThrow(new TypeError(`${message} undefined`));
  });

  test.each(['isFailure', 'isFailureResult', 'ignore', 'onWarning', 'random'])('%s is a function', (option) => {
    const message = `CircuitBreaker option ${option} must be a function, got "x"`;
    expect(() => make({ [option]: 'x' })).toThrow(new TypeError(message));
  });

  test('clock has both functions', () => {
    const message = 'CircuitBreaker option clock must be an object with the functions monotonicMs and epochMs, got';
    expect(() => make({ clock: Date })).toThrow(new TypeError(`${message} function`));
    expect(() => make({ clock: null })).toThrow(new TypeError(`${message} null`));
    expect(() => make({ clock: { monotonicMs: () => 1 } })).toThrow(new TypeError(`${message} object`));
    expect(() => make({ clock: { epochMs: () => 1 } })).toThrow(new TypeError(`${message} object`));
  });

  test('an unknown option throws, with the list of options', () => {
    expect(() => make({ failureTreshold: 3 })).toThrow(
      /^CircuitBreaker has no option failureTreshold, only isFailure, .*failureThreshold, .*name, snapshot$/,
    );
    expect(() => make({ slidingWindow: { type: 'count', size: 5, durationMs: 5 } })).toThrow(
      /^CircuitBreaker has no option slidingWindow.durationMs, only type, size, slowCallRateThreshold, /,
    );
  });

  test('options must be an object', () => {
    const wrong = (options: unknown) => (): unknown => new CircuitBreaker(options as CircuitBreakerOptions);
    expect(wrong(undefined)).toThrow(new TypeError('CircuitBreaker option list must be an object, got undefined'));
    expect(wrong('db')).toThrow(new TypeError('CircuitBreaker option list must be an object, got "db"'));
  });

  test('the cap of the open period follows a long recovery timeout, unless it is given', () => {
    const breaker = make({ recoveryTimeoutMs: 1_000_000, jitter: 0 });
    breaker.trip();
    expect(Math.round(breaker.retryAfterMs / 1000)).toBe(1000);
    expect(() => make({ recoveryTimeoutMs: 1_000_000, maxRecoveryTimeoutMs: 300_000 })).toThrow(
      new RangeError(`CircuitBreaker option maxRecoveryTimeoutMs must be a number from 1000000 to ${MOST}, got 300000`),
    );
  });

  test.each([
    [{}, TypeError, 'type must be "count" or "time", got undefined'],
    [{ type: 'both' }, TypeError, 'type must be "count" or "time", got "both"'],
    [{ type: 'count' }, TypeError, 'size must be a whole number from 1 to 1000000, got undefined'],
    [{ type: 'count', size: 1_000_001 }, RangeError, 'size must be a whole number from 1 to 1000000, got 1000001'],
    [{ type: 'count', size: 5, minimumCalls: 6 }, RangeError, 'minimumCalls must be a whole number from 1 to 5, got 6'],
    [{ type: 'time' }, TypeError, `durationMs must be a number from 1 to ${MOST}, got undefined`],
    [{ type: 'time', durationMs: 0 }, RangeError, `durationMs must be a number from 1 to ${MOST}, got 0`],
    [{ type: 'time', durationMs: 9, buckets: 0 }, RangeError, 'buckets must be a whole number from 1 to 1000, got 0'],
    [
      { type: 'time', durationMs: 9, buckets: 1001 },
      RangeError,
      'buckets must be a whole number from 1 to 1000, got 1001',
    ],
    [
      { type: 'count', size: 5, failureRateThreshold: 50 },
      RangeError,
      'failureRateThreshold must be a number from 0.001 to 1, got 50',
    ],
    [
      { type: 'count', size: 5, failureRateThreshold: 0 },
      RangeError,
      'failureRateThreshold must be a number from 0.001 to 1, got 0',
    ],
    [
      { type: 'count', size: 5, slowCallDurationMs: -1 },
      RangeError,
      `slowCallDurationMs must be a number from 0 to ${MOST}, got -1`,
    ],
    [
      { type: 'count', size: 5, slowCallRateThreshold: 0.5 },
      TypeError,
      `slowCallDurationMs must be a number from 0 to ${MOST}, got undefined`,
    ],
    [
      { type: 'count', size: 5, slowCallDurationMs: 1, slowCallRateThreshold: 2 },
      RangeError,
      'slowCallRateThreshold must be a number from 0.001 to 1, got 2',
    ],
  ])('slidingWindow %j throws', (slidingWindow, Kind, message) => {
    expect(() => make({ slidingWindow })).toThrow(new Kind(`CircuitBreaker option slidingWindow.${message}`));
  });

  test('slidingWindow is an object', () => {
    const message = 'CircuitBreaker option slidingWindow must be an object, got "count"';
    expect(() => make({ slidingWindow: 'count' })).toThrow(new TypeError(message));
  });

  test('a registry checks its options and defaults in its constructor', () => {
    const wrong = (options: object) => (): unknown => new CircuitBreakerRegistry(options);
    expect(wrong({ maxBreakers: 0 })).toThrow(
      new RangeError(`CircuitBreaker option maxBreakers must be a whole number from 1 to ${MOST}, got 0`),
    );
    expect(wrong({ defaults: { jitter: 2 } })).toThrow(
      new RangeError('CircuitBreaker option jitter must be a number from 0 to 1, got 2'),
    );
    expect(wrong({ max: 5 })).toThrow(new TypeError('CircuitBreaker has no option max, only maxBreakers, defaults'));
  });

  test('breakers with equal and with different options each use their own', () => {
    const base = { recoveryTimeoutMs: 1000, jitter: 0, slidingWindow: { type: 'count', size: 10 } };
    const waits = [base, base, { ...base, recoveryTimeoutMs: 2000 }, base].map((options) => {
      const breaker = make(options);
      breaker.trip();
      return Math.round(breaker.retryAfterMs / 1000);
    });
    expect(waits).toEqual([1, 1, 2, 1]);
  });
});
