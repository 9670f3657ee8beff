import { describe, expect, test } from 'vitest';
import { CircuitBreaker } from './index.ts';

describe('configuration', () => {
  test('has the defaults', () => {
    const { configuration } = new CircuitBreaker({ name: 'db' });
    expect(configuration).toEqual({
      failureThreshold: 5,
      slidingWindow: null,
      recoveryTimeoutMs: 60_000,
      recoveryMultiplier: 1.5,
      maxRecoveryTimeoutMs: 300_000,
      jitter: 0.1,
      successThreshold: 1,
      halfOpenMaxConcurrent: 1,
      halfOpenMaxWaitMs: 30_000,
    });
    expect(JSON.parse(JSON.stringify(configuration))).toEqual(configuration);
  });

  test('has null for what is switched off', () => {
    const count = new CircuitBreaker({ name: 'db', slidingWindow: { type: 'count', size: 20 } });
    expect(count.configuration).toMatchObject({
      failureThreshold: null,
      slidingWindow: {
        type: 'count',
        size: 20,
        failureRateThreshold: 0.5,
        minimumCalls: 10,
        slowCallDurationMs: null,
        slowCallRateThreshold: 1,
      },
    });
    expect(JSON.parse(JSON.stringify(count.configuration))).toEqual(count.configuration);
  });

  test('makes a breaker with the same configuration', () => {
    const first = new CircuitBreaker({
      name: 'db',
      failureThreshold: 3,
      slidingWindow: { type: 'time', durationMs: 5000, slowCallDurationMs: 100, slowCallRateThreshold: 0.5 },
      jitter: 0,
    });
    const { slidingWindow, failureThreshold, ...rest } = first.configuration;
    const { slowCallDurationMs, ...window } = slidingWindow ?? {};
    expect([failureThreshold, slowCallDurationMs]).toEqual([3, 100]);
    const options = { name: 'db', ...rest, failureThreshold: 3, slidingWindow: { ...window, slowCallDurationMs: 100 } };
    expect(new CircuitBreaker(options as never).configuration).toEqual(first.configuration);
  });
});
