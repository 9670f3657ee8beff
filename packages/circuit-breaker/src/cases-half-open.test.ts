import { describe, expect, test } from 'vitest';
import { failTimes, listen, ok, outcomeOf, setUp, setUpHalfOpen, startPending, boom, fail } from '../test/rig.ts';
import { CircuitOpenError } from './index.ts';

describe('half-open races and leaked permits (research cases 2-01 to 2-14)', () => {
  test('2-01 a stale success of a closed-era call does not close a half-open circuit', async () => {
    const { breaker, clock } = setUp();
    const slow = startPending(breaker);
    await failTimes(breaker, 2);
    clock.advance(1000);
    expect(breaker.state).toBe('half_open');
    slow.resolve('late');
    expect(await slow.done).toBe('late');
    expect(breaker.state).toBe('half_open');
    expect(breaker.stats()).toMatchObject({ stale: 1, totals: { success: 0, ignored: 1 } });
  });

  test('2-01 an old probe does not close a later half-open period', async () => {
    const { breaker, clock } = await setUpHalfOpen({ halfOpenMaxConcurrent: 2, recoveryMultiplier: 1 });
    const old = startPending(breaker);
    await failTimes(breaker, 1);
    clock.advance(1000);
    expect(breaker.state).toBe('half_open');
    old.resolve();
    await old.done;
    expect(breaker.state).toBe('half_open');
  });

  test('2-02 a stale failure does not re-open a half-open circuit', async () => {
    const { breaker, clock, transitions } = setUp();
    const slow = startPending(breaker);
    await failTimes(breaker, 2);
    clock.advance(1000);
    expect(breaker.state).toBe('half_open');
    slow.reject(boom);
    await slow.done;
    expect(breaker.state).toBe('half_open');
    expect(transitions).toEqual(['closed->open', 'open->half_open']);
  });

  test('2-02 a stale failure does not count against a circuit that has closed again', async () => {
    const { breaker, clock } = setUp({ failureThreshold: 1 });
    const slow = startPending(breaker);
    await failTimes(breaker, 1);
    clock.advance(1000);
    await breaker.execute(ok);
    slow.reject(boom);
    await slow.done;
    expect(breaker.state).toBe('closed');
    expect(breaker.stats().consecutiveFailures).toBe(0);
  });

  test('2-03 a stale release does not widen the probe limit', async () => {
    const { breaker, clock } = setUp();
    const closedEra = breaker.acquire();
    const closedEraCall = startPending(breaker);
    await failTimes(breaker, 2);
    clock.advance(1000);
    const probe = breaker.acquire();
    closedEra.release();
    closedEraCall.reject(boom);
    await closedEraCall.done;
    expect(() => breaker.acquire()).toThrow(CircuitOpenError);
    expect(breaker.stats().probes).toBe(1);
    probe.release();
    probe.release();
    breaker.acquire();
    expect(() => breaker.acquire()).toThrow(CircuitOpenError);
  });

  test('2-04 a hung probe loses its slot after halfOpenMaxWaitMs, and its late result is ignored', async () => {
    const { breaker, clock } = await setUpHalfOpen({ halfOpenMaxWaitMs: 500 });
    const hung = startPending(breaker);
    clock.advance(499);
    expect(breaker.retryAfterMs).toBe(1);
    expect(await outcomeOf(breaker.execute(ok))).toBeInstanceOf(CircuitOpenError);
    clock.advance(1);
    expect(breaker.retryAfterMs).toBe(0);
    const second = startPending(breaker);
    hung.reject(boom);
    await hung.done;
    expect(breaker.state).toBe('half_open');
    second.resolve();
    await second.done;
    expect(breaker.state).toBe('closed');
  });

  test('2-04 a lease ends by time, whether or not anybody took the slot', async () => {
    const { breaker, clock } = await setUpHalfOpen({ halfOpenMaxWaitMs: 500 });
    const late = startPending(breaker);
    clock.advance(500);
    late.resolve('late');
    expect(await late.done).toBe('late');
    expect(breaker.state).toBe('half_open');
    expect(breaker.stats()).toMatchObject({ stale: 1, probes: 0, inFlight: 0 });
  });

  test('2-05 an ignored error gives the probe permit back and decides nothing', async () => {
    const notFound = new Error('not found');
    const { breaker } = await setUpHalfOpen({ ignore: (error) => error === notFound });
    expect(await outcomeOf(breaker.execute(() => Promise.reject(notFound)))).toBe(notFound);
    expect(breaker.state).toBe('half_open');
    expect(breaker.stats()).toMatchObject({ probes: 0, stale: 0, totals: { ignored: 1 } });
    await breaker.execute(ok);
    expect(breaker.state).toBe('closed');
  });

  test("2-06 the caller's own abort is neutral in every state", async () => {
    const { breaker, clock } = setUp({ failureThreshold: 1 });
    const ignored = listen(breaker, 'ignored');
    const first = new AbortController();
    const call = startPending(breaker, first.signal);
    first.abort();
    call.reject(first.signal.reason);
    await call.done;
    expect(breaker.state).toBe('closed');
    await failTimes(breaker, 1);
    clock.advance(1000);
    const second = new AbortController();
    const probe = startPending(breaker, second.signal);
    second.abort();
    probe.reject(second.signal.reason);
    await probe.done;
    expect(breaker.state).toBe('half_open');
    expect(ignored.map((event) => event.reason)).toEqual(['aborted', 'aborted']);
  });

  test('2-06 a deadline that ran out is no change of mind: it counts as a failure', async () => {
    const { breaker } = setUp({ failureThreshold: 1 });
    const deadline = new AbortController();
    const call = startPending(breaker, deadline.signal);
    deadline.abort(new DOMException('too slow', 'TimeoutError'));
    call.reject(deadline.signal.reason);
    await call.done;
    expect(breaker.state).toBe('open');
  });

  test('2-06 a predicate that throws makes the call a failure and is reported, never a success', async () => {
    const broken = (): never => {
      throw new Error('broken rule');
    };
    for (const rule of ['ignore', 'isFailure', 'isFailureResult'] as const) {
      const { breaker, warnings } = await setUpHalfOpen({ [rule]: broken });
      const call = rule === 'isFailureResult' ? ok : fail;
      const direct = await outcomeOf(call());
      const outcome = await outcomeOf(breaker.execute(call));
      expect({ rule, outcome, state: breaker.state }).toEqual({ rule, outcome: direct, state: 'open' });
      expect(warnings.at(-1)).toBe(`Circuit breaker "db": ${rule} threw, so the call counts as a failure`);
    }
  });

  test('2-07 an abort in the middle of a probe frees its slot at once, while its function still runs', async () => {
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

  test('2-07 a probe that ends leaves no listener on a signal that lives on', async () => {
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

  test('2-07 a probe whose deadline runs out keeps its slot until it ends, and then counts', async () => {
    const { breaker } = await setUpHalfOpen();
    const deadline = new AbortController();
    const probe = startPending(breaker, deadline.signal);
    deadline.abort(new DOMException('too slow', 'TimeoutError'));
    expect(breaker.retryAfterMs).toBe(30_000);
    probe.reject(deadline.signal.reason);
    await probe.done;
    expect(breaker.state).toBe('open');
  });

  test('2-08 a function that throws before it returns a promise behaves as a rejection and frees the permit', async () => {
    const { breaker } = await setUpHalfOpen();
    const thrower = (): Promise<never> => {
      throw boom;
    };
    expect(await outcomeOf(breaker.execute(thrower))).toBe(boom);
    expect(breaker.state).toBe('open');
    expect(breaker.stats()).toMatchObject({ probes: 0, inFlight: 0 });
  });

  test('2-09 two callers in the tick in which the timeout elapses cannot both probe', async () => {
    const { breaker } = await setUpHalfOpen();
    let running = 0;
    const probe = (): Promise<number> => Promise.resolve(++running);
    const [first, second] = await Promise.all([breaker.execute(probe), outcomeOf(breaker.execute(probe))]);
    expect(first).toBe(1);
    expect(second).toMatchObject({ reason: 'half_open_limit', state: 'half_open', retryAfterMs: 30_000 });
    expect(running).toBe(1);
  });

  test('2-10 of racing probes the failure wins: a success that comes after it neither closes nor resets the back-off', async () => {
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

  test('2-10 two failing probes give one transition, one event and one back-off step', async () => {
    const { breaker, transitions } = await setUpHalfOpen({ halfOpenMaxConcurrent: 2, recoveryMultiplier: 2 });
    const one = startPending(breaker);
    const two = startPending(breaker);
    one.reject(boom);
    two.reject(boom);
    await Promise.all([one.done, two.done]);
    expect(transitions).toEqual(['closed->open', 'open->half_open', 'half_open->open']);
    expect(breaker.stats()).toMatchObject({ reopenings: 1, retryAfterMs: 2000 });
  });

  test('2-11 callers over the probe limit are refused with a time to retry, never kept waiting', async () => {
    const { breaker } = await setUpHalfOpen();
    const probe = startPending(breaker);
    const herd = await Promise.all(Array.from({ length: 500 }, () => outcomeOf(breaker.execute(ok))));
    expect(herd.every((outcome) => outcome instanceof CircuitOpenError && outcome.retryAfterMs > 0)).toBe(true);
    expect(breaker.stats()).toMatchObject({ inFlight: 1, totals: { rejected: 500 } });
    probe.resolve();
    await probe.done;
    expect(breaker.stats().totals.success).toBe(1);
  });

  test('2-12 the minimum of calls applies only while closed, and simultaneous failures still lead to half-open', async () => {
    const slidingWindow = { type: 'count', size: 20, minimumCalls: 10 } as const;
    const { breaker, clock } = setUp({ failureThreshold: undefined, slidingWindow });
    await Promise.all(Array.from({ length: 10 }, () => outcomeOf(breaker.execute(fail))));
    expect(breaker.state).toBe('open');
    clock.advance(1000);
    expect(breaker.state).toBe('half_open');
    await breaker.execute(ok);
    expect(breaker.state).toBe('closed');
  });

  test('2-13 failures that arrive while open do not move the end of the open period', async () => {
    const { breaker, clock } = setUp();
    const late = [startPending(breaker), startPending(breaker)];
    await failTimes(breaker, 2);
    clock.advance(900);
    for (const call of late) call.reject(boom);
    await Promise.all(late.map((call) => call.done));
    expect(breaker.retryAfterMs).toBe(100);
  });

  test('2-13 the open period is counted from the opening, not from the start of the call that caused it', async () => {
    const { breaker, clock } = setUp({ failureThreshold: 1 });
    const slow = startPending(breaker);
    clock.advance(700);
    slow.reject(boom);
    await slow.done;
    expect(breaker.retryAfterMs).toBe(1000);
  });

  test('2-14 admission is one pass: right at a timeout of 0 and at equal moments', async () => {
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
