import { describe, expect, test, vi } from 'vitest';
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
import { CircuitBreaker, type CircuitBreakerEvents } from './index.ts';

const EVENTS = ['transition', 'success', 'failure', 'ignored', 'rejected'] as const;

function throwAlways(): never {
  throw new Error('broken listener');
}

describe('listeners, rejections, synchronous functions', () => {
  test.each(EVENTS)('a throwing "%s" listener changes no outcome and is reported', async (name) => {
    const { breaker, clock, warnings } = setUp({ ignore: (error) => error === 'neutral' });
    breaker.on(name, throwAlways);
    expect(await breaker.execute(ok)).toBe('ok');
    expect(await outcomeOf(breaker.execute(() => Promise.reject('neutral')))).toBe('neutral');
    expect(await outcomeOf(breaker.execute(fail))).toBe(boom);
    expect(await outcomeOf(breaker.execute(fail))).toBe(boom);
    expect(breaker.state).toBe('open');
    expect(await outcomeOf(breaker.execute(ok))).toMatchObject({ code: 'CIRCUIT_OPEN' });
    clock.advance(1000);
    expect(await breaker.execute(ok)).toBe('ok');
    expect(breaker.state).toBe('closed');
    expect(warnings).toContain(`Circuit breaker "db": a listener for "${name}" threw`);
  });

  test('an async listener that fails is reported, and is no unhandled rejection', async () => {
    const { breaker, warnings } = setUp();
    breaker.on('success', () => Promise.reject(new Error('broken listener')));
    expect(await breaker.execute(ok)).toBe('ok');
    await Promise.resolve();
    expect(warnings).toEqual(['Circuit breaker "db": a listener for "success" threw']);
  });

  test('listeners run after the state change and may call the breaker again', async () => {
    const { breaker } = setUp({ failureThreshold: 1 });
    const seen: string[] = [];
    breaker.on('transition', ({ to }) => {
      seen.push(`first ${to} ${breaker.state}`);
      if (to === 'open') breaker.reset();
    });
    breaker.on('transition', ({ to }) => seen.push(`second ${to}`));
    await failTimes(breaker, 1);
    expect(seen).toEqual(['first open open', 'second open', 'first closed closed', 'second closed']);
    expect(breaker.state).toBe('closed');
  });

  test('without a hook a broken listener becomes a warning of the process', async () => {
    const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const breaker = new CircuitBreaker({ name: 'plain' });
    breaker.on('success', throwAlways);
    await breaker.execute(ok);
    expect(emitWarning).toHaveBeenCalledWith('Circuit breaker "plain": a listener for "success" threw', {
      type: 'CircuitBreakerWarning',
      detail: expect.stringContaining('broken listener') as string,
    });
  });

  test('a warning hook that throws changes no outcome either', async () => {
    const { breaker } = setUp({ onWarning: throwAlways });
    breaker.on('success', throwAlways);
    expect(await breaker.execute(ok)).toBe('ok');
    expect(breaker.stats().totals.success).toBe(1);
  });

  test('disposing of a handle removes its listener and no other', async () => {
    const { breaker } = setUp();
    let received = 0;
    const listener = (): number => ++received;
    const one = breaker.on('success', listener);
    breaker.on('success', listener);
    await breaker.execute(ok);
    expect(received).toBe(2);
    one[Symbol.dispose]();
    one[Symbol.dispose]();
    await breaker.execute(ok);
    expect(received).toBe(3);
  });

  test('on() throws for an unknown event and for a listener that is no function', () => {
    const { breaker } = setUp();
    const on = breaker.on.bind(breaker) as (name: string, listener: unknown) => Disposable;
    const allowed = 'on() takes one of transition, success, failure, ignored, rejected and a function';
    expect(() => on('opened', () => {})).toThrow(new TypeError(`${allowed}, got opened and a function`));
    expect(() => on('toString', () => {})).toThrow(new TypeError(`${allowed}, got toString and a function`));
    expect(() => on('success', 1)).toThrow(new TypeError(`${allowed}, got success and a number`));
  });

  test('a breaker without listeners works the same', async () => {
    const breaker = new CircuitBreaker({ name: 'alone', failureThreshold: 1, ignore: (error) => error === 'neutral' });
    expect(await breaker.execute(ok)).toBe('ok');
    expect(await outcomeOf(breaker.execute(() => Promise.reject('neutral')))).toBe('neutral');
    expect(await outcomeOf(breaker.execute(fail))).toBe(boom);
    expect(await outcomeOf(breaker.execute(ok))).toMatchObject({ code: 'CIRCUIT_OPEN' });
    breaker.reset();
    breaker.trip();
    breaker.forceOpen();
    expect(breaker.retryAfterMs).toBe(60_000);
  });

  test('every event has the name of the breaker and the time', async () => {
    const { breaker, clock } = setUp({ failureThreshold: 1, ignore: (error) => error === 'neutral' });
    const received = Object.fromEntries(EVENTS.map((name) => [name, listen(breaker, name)])) as {
      [Name in (typeof EVENTS)[number]]: CircuitBreakerEvents[Name][];
    };
    await breaker.execute(ok);
    await failTimes(breaker, 1, 'neutral');
    await failTimes(breaker, 1);
    await outcomeOf(breaker.execute(ok));
    const common = { breaker: 'db', at: clock.epochMs() };
    expect(received).toEqual({
      success: [common],
      ignored: [{ ...common, reason: 'neutral_error' }],
      failure: [{ ...common, error: boom }],
      rejected: [{ ...common, reason: 'open', retryAfterMs: 1000 }],
      transition: [{ ...common, from: 'closed', to: 'open', reason: 'failure threshold reached', retryAfterMs: 1000 }],
    });
  });

  test('a function may return a plain value, or nothing', async () => {
    const { breaker } = setUp();
    expect(await breaker.execute(() => 7)).toBe(7);
    expect(await breaker.execute(() => undefined)).toBeUndefined();
    expect(breaker.stats().totals).toMatchObject({ success: 2, failure: 0 });
  });

  test('a thenable is adopted, and its then is called once', async () => {
    const { breaker } = setUp();
    let calls = 0;
    // eslint-disable-next-line unicorn/no-thenable -- a query builder that runs when it is awaited
    const thenable = Object.defineProperty({} as PromiseLike<string>, 'then', {
      value: (resolve: (value: string) => void) => {
        calls++;
        resolve('adopted');
      },
    });
    expect(await breaker.execute(() => thenable)).toBe('adopted');
    expect(calls).toBe(1);
  });

  test('a value that is no function throws a TypeError and does not count as a failure', async () => {
    const { breaker } = setUp({ failureThreshold: 1 });
    const wrong = 'fetch' as unknown as () => Promise<string>;
    const message = 'CircuitBreaker runs functions, got string';
    await expect(breaker.execute(wrong)).rejects.toThrow(new TypeError(message));
    expect(() => breaker.executeSync(wrong)).toThrow(new TypeError(message));
    expect(() => breaker.wrap(wrong)).toThrow(new TypeError(message));
    expect(breaker.state).toBe('closed');
    expect(breaker.stats().totals.calls).toBe(0);
  });

  // https://github.com/nodeshift/opossum/issues/198
  test('every promise settles exactly as its function does, once', async () => {
    const { breaker } = setUp({ failureThreshold: 100 });
    const calls = Array.from({ length: 20 }, () => startPending(breaker));
    calls.forEach((call, n) => (n % 2 === 0 ? call.resolve(n) : call.reject(boom)));
    const outcomes = await Promise.all(calls.map((call) => call.done));
    expect(outcomes).toEqual(Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? n : boom)));
    expect(breaker.stats()).toMatchObject({ inFlight: 0, totals: { success: 10, failure: 10 } });
  });

  // https://github.com/nodeshift/opossum/issues/780
  test('an abort touches one call only', async () => {
    const { breaker } = setUp();
    const controller = new AbortController();
    const aborted = startPending(breaker, controller.signal);
    const sibling = startPending(breaker);
    controller.abort();
    aborted.reject(controller.signal.reason);
    sibling.resolve('fine');
    expect(await sibling.done).toBe('fine');
    expect(breaker.stats().totals).toMatchObject({ success: 1, ignored: 1 });
  });

  test('a call whose signal is aborted already is not made, and takes no probe', async () => {
    const { breaker } = await setUpHalfOpen();
    const received = listen(breaker, 'ignored');
    const reason = new Error('cancelled');
    let ran = false;
    const call = breaker.execute(
      () => {
        ran = true;
      },
      { signal: AbortSignal.abort(reason) },
    );
    expect(await outcomeOf(call)).toBe(reason);
    expect(ran).toBe(false);
    expect(received.map((event) => event.reason)).toEqual(['aborted']);
    expect(breaker.stats()).toMatchObject({ probes: 0, totals: { calls: 3, ignored: 1 } });
  });
});
