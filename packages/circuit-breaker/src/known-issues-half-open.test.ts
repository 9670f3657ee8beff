import { describe, expect, test } from 'vitest';
import { CircuitOpenError } from './index.ts';
import { boom, fail, failTimes, ok, outcomeOf, setUp, setUpHalfOpen, startPending } from './test-support/rig.ts';

describe('probes in the half-open state', () => {
  // https://github.com/Netflix/Hystrix/pull/1621
  // https://github.com/monix/monix/issues/1080
  test('an abort in the middle of a probe frees its slot at once, while its function still runs', async () => {
    const { breaker } = await setUpHalfOpen();
    const controller = new AbortController();
    const probe = startPending(breaker, controller.signal);
    expect(breaker.retryAfterMs).toBe(30_000);
    controller.abort();
    expect(breaker.retryAfterMs).toBe(0);
    await breaker.execute(ok);
    expect(breaker.state).toBe('closed');
    probe.reject(boom);
    await probe.done;
    expect(breaker.stats()).toMatchObject({ inFlight: 0, totals: { calls: 4, failure: 2, success: 1, ignored: 1 } });
  });

  test('a probe that ends leaves no listener on a signal that lives on', async () => {
    const { breaker } = await setUpHalfOpen({ successThreshold: 100 });
    const { signal } = new AbortController();
    const listening = new Set<string>();
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>): void => {
      listening.add(args[0]);
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>): void => {
      listening.delete(args[0]);
      remove(...args);
    };
    const probe = startPending(breaker, signal);
    expect([...listening]).toEqual(['abort']);
    probe.resolve();
    await probe.done;
    expect([...listening]).toEqual([]);
    const failing = startPending(breaker, signal);
    failing.reject(boom);
    await failing.done;
    expect([...listening]).toEqual([]);
    breaker.reset();
    startPending(breaker, signal);
    expect([...listening]).toEqual([]);
  });

  test('a probe whose deadline runs out keeps its slot until it ends, and then counts', async () => {
    const { breaker } = await setUpHalfOpen();
    const deadline = new AbortController();
    const probe = startPending(breaker, deadline.signal);
    deadline.abort(new DOMException('too slow', 'TimeoutError'));
    expect(breaker.retryAfterMs).toBe(30_000);
    probe.reject(deadline.signal.reason);
    await probe.done;
    expect(breaker.state).toBe('open');
  });

  test('a function that throws before it returns a promise behaves as a rejection and frees the permit', async () => {
    const { breaker } = await setUpHalfOpen();
    const thrower = (): Promise<never> => {
      throw boom;
    };
    expect(await outcomeOf(breaker.execute(thrower))).toBe(boom);
    expect(breaker.state).toBe('open');
    expect(breaker.stats()).toMatchObject({ probes: 0, inFlight: 0 });
  });

  // https://github.com/nodeshift/opossum/issues/119
  // https://github.com/resilience4j/resilience4j/issues/1432
  test('two callers in the tick in which the timeout elapses cannot both probe', async () => {
    const { breaker } = await setUpHalfOpen();
    let running = 0;
    const probe = (): Promise<number> => Promise.resolve(++running);
    const [first, second] = await Promise.all([breaker.execute(probe), outcomeOf(breaker.execute(probe))]);
    expect(first).toBe(1);
    expect(second).toMatchObject({ reason: 'half_open_limit', state: 'half_open', retryAfterMs: 30_000 });
    expect(running).toBe(1);
  });

  // https://github.com/denoland/std/pull/6996
  // https://github.com/denoland/std/pull/7097
  test('a probe that succeeds after another has failed neither closes the circuit nor resets the back-off', async () => {
    const { breaker, clock, transitions } = await setUpHalfOpen({ halfOpenMaxConcurrent: 2, recoveryMultiplier: 2 });
    const one = startPending(breaker);
    const two = startPending(breaker);
    one.reject(boom);
    await one.done;
    two.resolve();
    await two.done;
    expect(breaker.retryAfterMs).toBe(2000);
    clock.advance(2000);
    await failTimes(breaker, 1);
    expect(breaker.retryAfterMs).toBe(4000);
    expect(transitions.filter((step) => step === 'half_open->open')).toHaveLength(2);
  });

  test('two failing probes give one transition, one event and one back-off step', async () => {
    const { breaker, transitions } = await setUpHalfOpen({ halfOpenMaxConcurrent: 2, recoveryMultiplier: 2 });
    const one = startPending(breaker);
    const two = startPending(breaker);
    one.reject(boom);
    two.reject(boom);
    await Promise.all([one.done, two.done]);
    expect(transitions).toEqual(['closed->open', 'open->half_open', 'half_open->open']);
    expect(breaker.stats()).toMatchObject({ reopenings: 1, retryAfterMs: 2000 });
  });

  // https://github.com/Netflix/Hystrix/issues/1647
  // https://github.com/App-vNext/Polly/issues/216
  test('callers over the probe limit are rejected at once with a time to retry', async () => {
    const { breaker } = await setUpHalfOpen();
    const probe = startPending(breaker);
    const herd = await Promise.all(Array.from({ length: 500 }, () => outcomeOf(breaker.execute(ok))));
    expect(herd.every((outcome) => outcome instanceof CircuitOpenError && outcome.retryAfterMs > 0)).toBe(true);
    expect(breaker.stats()).toMatchObject({ inFlight: 1, totals: { rejected: 500 } });
    probe.resolve();
    await probe.done;
    expect(breaker.stats().totals.success).toBe(1);
  });

  // https://github.com/nodeshift/opossum/issues/276
  // https://github.com/nodeshift/opossum/issues/385
  test('the minimum of calls applies only while closed, and simultaneous failures still lead to half-open', async () => {
    const slidingWindow = { type: 'count', size: 20, minimumCalls: 10 } as const;
    const { breaker, clock } = setUp({ failureThreshold: undefined, slidingWindow });
    await Promise.all(Array.from({ length: 10 }, () => outcomeOf(breaker.execute(fail))));
    expect(breaker.state).toBe('open');
    clock.advance(1000);
    expect(breaker.state).toBe('half_open');
    await breaker.execute(ok);
    expect(breaker.state).toBe('closed');
  });

  // https://github.com/openabdev/openab/pull/969
  // https://github.com/denoland/std/pull/7097
  test('failures that arrive while open do not move the end of the open period', async () => {
    const { breaker, clock } = setUp();
    const late = [startPending(breaker), startPending(breaker)];
    await failTimes(breaker, 2);
    clock.advance(900);
    for (const call of late) call.reject(boom);
    await Promise.all(late.map((call) => call.done));
    expect(breaker.retryAfterMs).toBe(100);
  });

  test('the open period is counted from the opening, not from the start of the call that caused it', async () => {
    const { breaker, clock } = setUp({ failureThreshold: 1 });
    const slow = startPending(breaker);
    clock.advance(700);
    slow.reject(boom);
    await slow.done;
    expect(breaker.retryAfterMs).toBe(1000);
  });

  // https://github.com/resilience4j/resilience4j/issues/2038
  test('admission works at a recovery timeout of 0 and exactly at its end', async () => {
    const { breaker, transitions } = setUp({ failureThreshold: 1, recoveryTimeoutMs: 0 });
    for (let n = 0; n < 1000; n++) await failTimes(breaker, 1);
    expect(transitions).toHaveLength(1 + 2 * 999);
    expect(breaker.stats().totals).toMatchObject({ calls: 1000, failure: 1000, rejected: 0 });
    const { breaker: other, clock } = setUp({ failureThreshold: 1, recoveryTimeoutMs: 250 });
    await failTimes(other, 1);
    clock.advance(250);
    expect(await other.execute(ok)).toBe('ok');
  });
});
