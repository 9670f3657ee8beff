import { describe, expect, test } from 'vitest';
import { CircuitOpenError, isCircuitOpenError } from './index.ts';
import { boom, fail, outcomeOf, setUp } from './test-support/rig.ts';

describe('isCircuitOpenError', () => {
  test('recognises the error of any copy of this package, and nothing else', async () => {
    const { breaker } = setUp();
    breaker.trip();
    expect(isCircuitOpenError(await outcomeOf(breaker.execute(fail)))).toBe(true);
    expect(isCircuitOpenError(Object.assign(new Error('x'), { code: 'CIRCUIT_OPEN' }))).toBe(true);
    expect(isCircuitOpenError(boom)).toBe(false);
    expect(isCircuitOpenError({ code: 'CIRCUIT_OPEN' })).toBe(false);
    expect(isCircuitOpenError(undefined)).toBe(false);
  });

  test('a rejection does not change the stack traces of other errors, even where their limit is read-only', () => {
    const { breaker } = setUp();
    breaker.trip();
    expect(() => breaker.acquire()).toThrow(CircuitOpenError);
    expect(new Error('x').stack?.split('\n').length).toBeGreaterThan(2);
    const limit = Error.stackTraceLimit;
    Object.defineProperty(Error, 'stackTraceLimit', { value: limit, writable: false, configurable: true });
    try {
      expect(() => breaker.acquire()).toThrow(CircuitOpenError);
    } finally {
      Object.defineProperty(Error, 'stackTraceLimit', { value: limit, writable: true, configurable: true });
    }
  });
});
