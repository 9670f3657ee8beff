import { expectTypeOf, test } from 'vitest';
import {
  CircuitBreaker,
  isCircuitOpenError,
  type CircuitBreakerOptions,
  type CircuitOpenError,
  type Permit,
} from './index.ts';

declare const breaker: CircuitBreaker;

test('results keep their type', () => {
  expectTypeOf(breaker.execute(() => 7)).toEqualTypeOf<Promise<number>>();
  expectTypeOf(breaker.execute(() => Promise.resolve('x'))).toEqualTypeOf<Promise<string>>();
  expectTypeOf(breaker.executeSync(() => 7)).toEqualTypeOf<number>();
  expectTypeOf(breaker.acquire()).toEqualTypeOf<Permit>();
});

test('a wrapped function keeps its parameters', () => {
  const wrapped = breaker.wrap(async (id: number, deep?: boolean) => ({ id, deep }));
  expectTypeOf(wrapped).parameters.toEqualTypeOf<[number, (boolean | undefined)?]>();
  expectTypeOf(wrapped).returns.toEqualTypeOf<Promise<{ id: number; deep: boolean | undefined }>>();
});

test('events are typed by their name', () => {
  breaker.on('transition', (event) => expectTypeOf(event.to).toEqualTypeOf<'closed' | 'open' | 'half_open'>());
  breaker.on('failure', (event) => expectTypeOf(event.error).toEqualTypeOf<unknown>());
  // @ts-expect-error -- no such event
  breaker.on('opened', () => {});
});

test('isCircuitOpenError narrows the type', () => {
  expectTypeOf(isCircuitOpenError).guards.toEqualTypeOf<CircuitOpenError>();
});

test('options of the other type of window are type errors', () => {
  expectTypeOf<{ name: 'x'; slidingWindow: { type: 'count'; size: 5 } }>().toExtend<CircuitBreakerOptions>();
  // @ts-expect-error -- a count window has a size
  void new CircuitBreaker({ name: 'x', slidingWindow: { type: 'count', durationMs: 5 } });
  // @ts-expect-error -- the name is required
  void new CircuitBreaker({});
});
