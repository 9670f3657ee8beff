import { CircuitBreaker, type CircuitBreakerEvents, type CircuitBreakerOptions } from '../index.ts';
import { ManualClock } from './manual-clock.ts';

export const boom: Error = new Error('boom');
export const fail = (): Promise<never> => Promise.reject(boom);
export const ok = (): Promise<string> => Promise.resolve('ok');

export interface Rig {
  readonly breaker: CircuitBreaker;
  readonly clock: ManualClock;
  readonly transitions: string[];
  readonly warnings: string[];
}

/** A breaker that opens after two failures, for one second, without jitter; transitions and warnings are collected. */
export function setUp(options: Partial<CircuitBreakerOptions> = {}): Rig {
  const clock = new ManualClock(1_700_000_000_000);
  const warnings: string[] = [];
  const breaker = new CircuitBreaker({
    name: 'db',
    failureThreshold: 2,
    recoveryTimeoutMs: 1000,
    jitter: 0,
    clock,
    onWarning: (message) => warnings.push(message),
    ...options,
  });
  const transitions: string[] = [];
  breaker.on('transition', ({ from, to }) => transitions.push(`${from}->${to}`));
  return { breaker, clock, transitions, warnings };
}

/** A rig whose recovery timeout has just passed: the next call is a probe. */
export async function setUpHalfOpen(options: Partial<CircuitBreakerOptions> = {}): Promise<Rig> {
  const rig = setUp(options);
  await failTimes(rig.breaker, 2);
  rig.clock.advance(1000);
  return rig;
}

export async function failTimes(breaker: CircuitBreaker, times: number, error: unknown = boom): Promise<void> {
  for (let n = 0; n < times; n++) await outcomeOf(breaker.execute(() => Promise.reject(error)));
}

/** The value or the error of a promise. */
export function outcomeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => value,
    (error: unknown) => error,
  );
}

export interface Pending {
  readonly fn: () => Promise<unknown>;
  readonly resolve: (value?: unknown) => void;
  readonly reject: (error?: unknown) => void;
}

/** A call that the test ends. */
function pending(): Pending {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  return { fn: () => promise, resolve, reject };
}

/** Starts a call that the test ends. */
export function startPending(
  breaker: CircuitBreaker,
  signal?: AbortSignal,
): Pending & { readonly done: Promise<unknown> } {
  const call = pending();
  return { ...call, done: outcomeOf(breaker.execute(call.fn, { signal })) };
}

/** Collects the events of one name. */
export function listen<Name extends keyof CircuitBreakerEvents>(
  breaker: CircuitBreaker,
  name: Name,
): CircuitBreakerEvents[Name][] {
  const received: CircuitBreakerEvents[Name][] = [];
  breaker.on(name, (event) => received.push(event));
  return received;
}
