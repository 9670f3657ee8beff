import { describe, expect, test } from 'vitest';
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
import { CircuitBreaker, type CircuitBreakerOptions, type SlidingWindow } from './index.ts';

const COUNT: SlidingWindow = { type: 'count', size: 10, minimumCalls: 10 };
const TIME: SlidingWindow = { type: 'time', durationMs: 1000, minimumCalls: 10 };

const KINDS: [string, Partial<CircuitBreakerOptions>][] = [
  ['consecutive failures', {}],
  ['a count window', { slidingWindow: COUNT, failureThreshold: undefined }],
  ['a time window', { slidingWindow: TIME, failureThreshold: undefined }],
  ['a window that measures durations', { slidingWindow: { ...COUNT, slowCallDurationMs: 100 } }],
];

describe('prime', () => {
  test.each(KINDS)('makes the next failure open a circuit with %s, for an ordinary open period', async (_, options) => {
    const { breaker } = setUp(options);
    const transitions = listen(breaker, 'transition');
    breaker.prime('seen elsewhere', 500);
    await failTimes(breaker, 1);
    expect(transitions).toMatchObject([{ from: 'closed', to: 'open', reason: 'seen elsewhere', retryAfterMs: 1000 }]);
  });

  test.each(KINDS)('changes nothing for a circuit with %s whose calls only succeed', async (_, options) => {
    const { breaker, transitions } = setUp(options);
    breaker.prime('seen elsewhere', 500);
    for (let n = 0; n < 20; n++) await breaker.execute(ok);
    expect(transitions).toEqual([]);
    await failTimes(breaker, 1);
    expect(transitions).toEqual(['closed->open']);
  });

  test('is over after its time', async () => {
    const { breaker, clock } = setUp();
    breaker.prime('seen elsewhere', 500);
    clock.advance(499);
    expect(breaker.stats().primedForMs).toBe(1);
    clock.advance(1);
    expect(breaker.stats().primedForMs).toBe(0);
    await failTimes(breaker, 1);
    expect(breaker.state).toBe('closed');
  });

  test('also makes a failure count whose call began before', async () => {
    const { breaker } = setUp();
    const call = startPending(breaker);
    breaker.prime('seen elsewhere', 500);
    call.reject(boom);
    await call.done;
    expect(breaker.state).toBe('open');
  });

  test.each([
    ['an aborted call', { ignore: undefined }, true],
    ['an ignored error', { ignore: () => true }, false],
    ['an error that is no failure', { isFailure: () => false }, false],
  ])('is not used up by %s', async (_, options, aborts) => {
    const { breaker } = setUp(options);
    breaker.prime('seen elsewhere', 500);
    await outcomeOf(breaker.execute(fail, { signal: aborts ? AbortSignal.abort() : undefined }));
    expect(breaker).toMatchObject({ state: 'closed' });
    expect(breaker.stats().primedForMs).toBe(500);
  });

  test('of two that overlap counts the one that ends later, with its reason', async () => {
    const { breaker, clock } = setUp();
    const transitions = listen(breaker, 'transition');
    breaker.prime('long', 500);
    breaker.prime('short', 100);
    expect(breaker.stats().primedForMs).toBe(500);
    clock.advance(200);
    breaker.prime('longer', 400);
    await failTimes(breaker, 1);
    expect(transitions).toMatchObject([{ reason: 'longer' }]);
  });

  test.each<[string, SlidingWindow | undefined]>([
    ['failure threshold reached', undefined],
    ['failure rate reached', { type: 'count', size: 2 }],
  ])('does not hide the reason “%s” of a circuit that would have opened anyway', async (reason, slidingWindow) => {
    const failureThreshold = slidingWindow === undefined ? 2 : undefined;
    const { breaker } = setUp({ slidingWindow, failureThreshold });
    const transitions = listen(breaker, 'transition');
    await failTimes(breaker, 1);
    breaker.prime('seen elsewhere', 500);
    await failTimes(breaker, 1);
    expect(transitions).toMatchObject([{ reason }]);
  });

  test('ends with the closed period: a circuit that has recovered needs its own failures again', async () => {
    const { breaker, clock } = setUp();
    breaker.prime('seen elsewhere', 1e6);
    await failTimes(breaker, 1);
    clock.advance(1000);
    await breaker.execute(ok);
    await failTimes(breaker, 1);
    expect(breaker.state).toBe('closed');
  });

  test.each(['reset', 'trip', 'forceOpen', 'forceClosed'] as const)('is ended by %s', async (verb) => {
    const { breaker } = setUp();
    breaker.prime('seen elsewhere', 1e6);
    breaker[verb]();
    expect(breaker.stats().primedForMs).toBe(0);
    breaker.reset();
    await failTimes(breaker, 1);
    expect(breaker.state).toBe('closed');
  });

  test('does nothing while the circuit is open, half-open or forced', async () => {
    const { breaker: open } = setUp();
    open.trip();
    const { breaker: halfOpen } = await setUpHalfOpen();
    const { breaker: forced } = setUp();
    forced.forceClosed();
    for (const breaker of [open, halfOpen, forced]) {
      breaker.prime('seen elsewhere', 1e6);
      expect(breaker.stats().primedForMs).toBe(0);
    }
    await failTimes(forced, 5);
    expect(forced.state).toBe('closed');
    await halfOpen.execute(ok);
    await failTimes(halfOpen, 1);
    expect(halfOpen.state).toBe('closed');
  });

  test('first ends an open period that is over', async () => {
    const { breaker, clock, transitions } = setUp();
    breaker.trip();
    clock.advance(1000);
    breaker.prime('seen elsewhere', 500);
    expect(transitions).toEqual(['closed->open', 'open->half_open']);
  });

  test('is not in a snapshot', async () => {
    const { breaker, clock } = setUp();
    breaker.prime('seen elsewhere', 1e6);
    const restored = CircuitBreaker.restore(breaker.toJSON(), { name: 'db', clock });
    expect(restored.stats().primedForMs).toBe(0);
  });

  test.each([
    [0, RangeError],
    [Number.NaN, RangeError],
    [Infinity, RangeError],
    [undefined, TypeError],
    ['5', TypeError],
  ])('for %s milliseconds is refused', (forMs, Kind) => {
    const { breaker } = setUp();
    expect(() => breaker.prime('x', forMs as number)).toThrow(Kind);
    expect(() => breaker.prime('x', forMs as number)).toThrow('prime.forMs must be a number from 1 to');
  });
});

describe('trip with openMs', () => {
  test('stays open for that long, then admits a probe', () => {
    const { breaker, clock } = setUp({ jitter: 1 });
    breaker.trip('seen elsewhere', { openMs: 250 });
    expect(breaker.retryAfterMs).toBe(250);
    clock.advance(250);
    expect(breaker.state).toBe('half_open');
  });

  test('stays open for maxRecoveryTimeoutMs at most', () => {
    const { breaker } = setUp({ maxRecoveryTimeoutMs: 2000 });
    breaker.trip('seen elsewhere', { openMs: 1e9 });
    expect(breaker.retryAfterMs).toBe(2000);
  });

  test('counts as an opening of the back-off', async () => {
    const { breaker, clock } = await setUpHalfOpen();
    breaker.trip('seen elsewhere', { openMs: 10 });
    clock.advance(10);
    await failTimes(breaker, 1);
    expect(breaker.stats()).toMatchObject({ reopenings: 2, retryAfterMs: 2250 });
  });

  test('does not change an open period that has begun', () => {
    const { breaker } = setUp();
    breaker.trip();
    breaker.trip('seen elsewhere', { openMs: 10 });
    expect(breaker.retryAfterMs).toBe(1000);
  });

  test('without a time opens as failures would', () => {
    const { breaker } = setUp();
    breaker.trip('x', { openMs: undefined });
    expect(breaker.retryAfterMs).toBe(1000);
  });

  test.each([
    [{ openMs: 0 }, RangeError, 'trip.openMs must be a number from 1 to'],
    [{ openMs: '5' }, TypeError, 'trip.openMs must be a number from 1 to'],
    [{ openms: 5 }, TypeError, 'no option trip.openms, only openMs'],
    [5, TypeError, 'trip must be an object'],
  ])('refuses %o, and the circuit stays closed', (options, Kind, message) => {
    const { breaker } = setUp();
    expect(() => breaker.trip('x', options as object)).toThrow(Kind);
    expect(() => breaker.trip('x', options as object)).toThrow(message);
    expect(breaker.state).toBe('closed');
  });
});
