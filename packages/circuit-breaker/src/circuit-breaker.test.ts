import { describe, expect, test } from 'vitest';
import { boom, fail, failTimes, listen, ok, outcomeOf, setUp, setUpHalfOpen, startPending } from '../test/rig.ts';
import { CircuitOpenError, isCircuitOpenError, type CircuitBreaker } from './index.ts';

describe('the circuit', () => {
  test('opens after the threshold of failures in a row; a success starts the count anew', async () => {
    const { breaker } = setUp({ failureThreshold: 3 });
    await failTimes(breaker, 2);
    await breaker.execute(ok);
    await failTimes(breaker, 2);
    expect(breaker.state).toBe('closed');
    await failTimes(breaker, 1);
    expect(breaker.state).toBe('open');
  });

  test('refuses without running the function while open, and says when to come back', async () => {
    const { breaker, clock } = setUp();
    await failTimes(breaker, 2);
    clock.advance(250.5);
    let ran = false;
    const refused = await outcomeOf(
      breaker.execute(() => {
        ran = true;
      }),
    );
    expect(refused).toBeInstanceOf(CircuitOpenError);
    expect(refused).toMatchObject({ state: 'open', reason: 'open', retryAfterMs: 750 });
    expect(ran).toBe(false);
  });

  test('closes after as many successful probes as successThreshold says; one failure re-opens', async () => {
    const { breaker, clock } = await setUpHalfOpen({ successThreshold: 3 });
    await breaker.execute(ok);
    await breaker.execute(ok);
    expect(breaker.state).toBe('half_open');
    await failTimes(breaker, 1);
    expect(breaker.state).toBe('open');
    clock.advance(1500);
    for (let n = 0; n < 3; n++) await breaker.execute(ok);
    expect(breaker.state).toBe('closed');
  });

  test('lets in as many probes at a time as halfOpenMaxConcurrent says, and names the first lease to end', async () => {
    const { breaker, clock } = await setUpHalfOpen({ halfOpenMaxConcurrent: 2, halfOpenMaxWaitMs: 100 });
    startPending(breaker);
    clock.advance(30);
    expect(breaker.retryAfterMs).toBe(0);
    startPending(breaker);
    expect(breaker.retryAfterMs).toBe(70);
    expect(await outcomeOf(breaker.execute(ok))).toMatchObject({ reason: 'half_open_limit', retryAfterMs: 70 });
    clock.advance(70);
    startPending(breaker);
    expect(breaker.retryAfterMs).toBe(30);
  });

  test('waits longer after each failed probe, up to the cap, and starts over once closed', async () => {
    const { breaker, clock } = setUp({ recoveryMultiplier: 2, maxRecoveryTimeoutMs: 3000 });
    await failTimes(breaker, 2);
    const waits: number[] = [];
    for (let n = 0; n < 3; n++) {
      waits.push(breaker.retryAfterMs);
      clock.advance(breaker.retryAfterMs);
      await failTimes(breaker, 1);
    }
    expect([...waits, breaker.retryAfterMs]).toEqual([1000, 2000, 3000, 3000]);
    clock.advance(3000);
    await breaker.execute(ok);
    await failTimes(breaker, 2);
    expect(breaker.retryAfterMs).toBe(1000);
  });

  test('draws the jitter once an opening: every refusal names the same moment', async () => {
    let drawn = 0;
    const random = (): number => (drawn++, 0);
    const { breaker } = setUp({ jitter: 0.1, random });
    await failTimes(breaker, 2);
    expect([breaker.retryAfterMs, breaker.retryAfterMs, breaker.retryAfterMs]).toEqual([900, 900, 900]);
    expect(drawn).toBe(1);
    const { breaker: late } = setUp({ jitter: 0.1, random: () => 0.75 });
    await failTimes(late, 2);
    expect(late.retryAfterMs).toBe(1050);
  });

  test('counts a returned value as a failure if isFailureResult says so, and hands it over all the same', async () => {
    const isError = { isError: true };
    const { breaker } = setUp({ isFailureResult: (result) => result === isError });
    const heard = listen(breaker, 'failure');
    expect(await breaker.execute(() => Promise.resolve(isError))).toBe(isError);
    expect(breaker.executeSync(() => isError)).toBe(isError);
    expect(breaker.state).toBe('open');
    const error = { name: 'FailureResult', message: 'the returned value was judged a failure' };
    expect(heard.map((event) => event.error)).toEqual([error, error]);
    expect(breaker.stats().failureReasons).toEqual({ FailureResult: 2 });
  });

  test('a value that isFailureResult does not mind is a success', async () => {
    const { breaker } = setUp({ isFailureResult: () => false });
    expect(await breaker.execute(ok)).toBe('ok');
    expect(breaker.stats().totals).toMatchObject({ success: 1, failure: 0 });
  });
});

describe('executeSync', () => {
  test('behaves as execute, without a promise', () => {
    const { breaker, clock } = setUp();
    const throwing = (): never => {
      throw boom;
    };
    expect(breaker.executeSync(() => 7)).toBe(7);
    expect(() => breaker.executeSync(throwing)).toThrow(boom);
    expect(() => breaker.executeSync(throwing)).toThrow(boom);
    expect(() => breaker.executeSync(() => 7)).toThrow(CircuitOpenError);
    clock.advance(1000);
    expect(() => breaker.executeSync(throwing)).toThrow(boom);
    clock.advance(1500);
    expect(breaker.executeSync(() => 8)).toBe(8);
    expect(breaker.state).toBe('closed');
    expect(breaker.stats().totals).toEqual({ calls: 6, success: 2, failure: 3, rejected: 1, ignored: 0 });
  });
});

describe('wrap', () => {
  test('gives a function of the same parameters and the same this', async () => {
    const { breaker } = setUp();
    const counter = {
      start: 10,
      add: breaker.wrap(function (this: { start: number }, a: number, b: number) {
        return this.start + a + b;
      }),
    };
    const sum: number = await counter.add(1, 2);
    expect(sum).toBe(13);
    await failTimes(breaker, 2);
    await expect(counter.add(1, 2)).rejects.toBeInstanceOf(CircuitOpenError);
  });
});

describe('permits', () => {
  test('count as the caller says', () => {
    const { breaker } = setUp();
    breaker.acquire().success();
    breaker.acquire().failure(boom);
    breaker.acquire().release();
    expect(breaker.stats()).toMatchObject({
      totals: { calls: 3, success: 1, failure: 1, ignored: 1 },
      inFlight: 0,
      consecutiveFailures: 1,
      failureReasons: { Error: 1 },
    });
  });

  test('left undecided in a `using` scope count as a failure, decided ones as decided', () => {
    const { breaker } = setUp();
    {
      using permit = breaker.acquire();
      permit.success();
    }
    expect(() => {
      using _permit = breaker.acquire();
      throw boom;
    }).toThrow(boom);
    expect(breaker.stats()).toMatchObject({
      totals: { success: 1, failure: 1 },
      recentErrors: [{ name: 'UndecidedPermit', message: 'the permit was left undecided' }],
    });
  });

  test('are refused by an open circuit', () => {
    const { breaker } = setUp();
    breaker.trip();
    expect(() => breaker.acquire()).toThrow(CircuitOpenError);
  });

  test('tell why a released or late one was ignored', async () => {
    const { breaker, clock } = await setUpHalfOpen();
    const heard = listen(breaker, 'ignored');
    breaker.acquire().release();
    const late = breaker.acquire();
    clock.advance(30_000);
    late.success();
    expect(heard.map(({ reason }) => reason)).toEqual(['released', 'stale']);
  });
});

describe('the hand of an operator', () => {
  test('forceOpen refuses everything until reset, however long that is', async () => {
    const { breaker, clock, transitions } = setUp();
    breaker.forceOpen('maintenance');
    expect(breaker.stats()).toMatchObject({ state: 'open', forced: 'open', retryAfterMs: 1000 });
    clock.advance(1e12);
    const refused = await outcomeOf(breaker.execute(ok));
    expect(refused).toMatchObject({ reason: 'forced', state: 'open', retryAfterMs: 1000 });
    breaker.reset();
    expect(breaker).toMatchObject({ state: 'closed', forced: undefined, retryAfterMs: 0 });
    expect(transitions).toEqual(['closed->open', 'open->closed']);
  });

  test('a forced circuit never says to retry after 0 ms', () => {
    const { breaker } = setUp({ recoveryTimeoutMs: 0 });
    breaker.forceOpen();
    expect(breaker.retryAfterMs).toBe(1);
  });

  test('forceClosed admits everything until reset, whatever the outcomes', async () => {
    const { breaker } = setUp();
    breaker.trip();
    breaker.forceClosed();
    await failTimes(breaker, 50);
    breaker.trip();
    expect(breaker).toMatchObject({ state: 'closed', forced: 'closed' });
    breaker.reset();
    await failTimes(breaker, 1);
    expect(breaker.state).toBe('closed');
    await failTimes(breaker, 1);
    expect(breaker.state).toBe('open');
  });

  test('a latch also stands against the rates of a window', async () => {
    const { breaker } = setUp({ slidingWindow: { type: 'count', size: 2 } });
    breaker.forceClosed();
    await failTimes(breaker, 10);
    expect(breaker.state).toBe('closed');
  });

  test('trip opens as failures would, and recovers by itself', () => {
    const { breaker, clock } = setUp();
    breaker.trip();
    clock.advance(600);
    breaker.trip();
    expect(breaker.retryAfterMs).toBe(400);
    clock.advance(400);
    expect(breaker.state).toBe('half_open');
    breaker.trip();
    expect(breaker.stats()).toMatchObject({ state: 'open', reopenings: 1, retryAfterMs: 1500 });
  });

  test('trip finds an open period ended that nobody has looked at', () => {
    const { breaker, clock, transitions } = setUp();
    breaker.trip();
    clock.advance(1000);
    breaker.trip();
    expect(transitions).toEqual(['closed->open', 'open->half_open', 'half_open->open']);
  });

  test('trip does nothing while forced open', () => {
    const { breaker } = setUp();
    breaker.forceOpen();
    breaker.trip();
    expect(breaker).toMatchObject({ state: 'open', forced: 'open' });
  });

  test('reset forgets what was counted, and calls from before it count for nothing', async () => {
    const { breaker } = setUp();
    const before = startPending(breaker);
    await failTimes(breaker, 1);
    breaker.reset();
    before.reject(boom);
    await before.done;
    await failTimes(breaker, 1);
    expect(breaker.state).toBe('closed');
    expect(breaker.stats()).toMatchObject({ stale: 1, consecutiveFailures: 1, totals: { failure: 2 } });
  });

  test('a successful run before a trip does not count towards closing', async () => {
    const { breaker, clock } = setUp({ successThreshold: 2 });
    for (let n = 0; n < 5; n++) await breaker.execute(ok);
    breaker.trip();
    clock.advance(1000);
    await breaker.execute(ok);
    expect(breaker.state).toBe('half_open');
  });
});

describe('transition events', () => {
  test('say what led to them, when, and how long to wait', async () => {
    const { breaker, clock } = setUp({
      slidingWindow: { type: 'count', size: 4, minimumCalls: 4 },
      failureThreshold: 3,
    });
    const heard = listen(breaker, 'transition');
    await failTimes(breaker, 3);
    clock.advance(1000);
    await failTimes(breaker, 1);
    breaker.reset();
    await breaker.execute(ok);
    await breaker.execute(ok);
    await failTimes(breaker, 2);
    breaker.forceClosed();
    breaker.forceOpen();
    breaker.reset();
    breaker.trip();
    clock.advance(1000);
    await breaker.execute(ok);
    breaker.forceOpen('maintenance');
    breaker.reset('done');
    expect(heard.map(({ from, to, reason, retryAfterMs }) => `${from} ${to} ${reason} ${retryAfterMs}`)).toEqual([
      'closed open failure threshold reached 1000',
      'open half_open recovery timeout elapsed 0',
      'half_open open probe failed 1500',
      'open closed reset 0',
      'closed open failure rate reached 1000',
      'open closed forced closed 0',
      'closed open forced open 1000',
      'open closed reset 0',
      'closed open tripped 1000',
      'open half_open recovery timeout elapsed 0',
      'half_open closed probes succeeded 0',
      'closed open maintenance 1000',
      'open closed done 0',
    ]);
    expect(heard.every(({ breaker: name, at }) => name === 'db' && at >= 1_700_000_000_000)).toBe(true);
  });

  test('come to a listener whoever is the first to look after the open period', async () => {
    const looks: ((breaker: CircuitBreaker) => unknown)[] = [
      (breaker) => breaker.state,
      (breaker) => breaker.retryAfterMs,
      (breaker) => breaker.stats(),
      (breaker) => breaker.toJSON(),
      (breaker) => breaker.acquire(),
    ];
    for (const look of looks) {
      const { breaker, transitions } = await setUpHalfOpen();
      expect(transitions).toEqual(['closed->open']);
      look(breaker);
      expect(transitions).toEqual(['closed->open', 'open->half_open']);
    }
  });

  test('reach the listeners there were when they were sent', async () => {
    const { breaker } = setUp();
    const heard: string[] = [];
    breaker.on('success', () => {
      heard.push('first');
      breaker.on('success', () => heard.push('second'));
    });
    await breaker.execute(ok);
    expect(heard).toEqual(['first']);
    await breaker.execute(ok);
    expect(heard).toEqual(['first', 'first', 'second']);
  });
});

describe('stats', () => {
  test('of a new breaker are complete and plain', () => {
    const { breaker } = setUp();
    expect(breaker.stats()).toEqual({
      name: 'db',
      state: 'closed',
      forced: null,
      retryAfterMs: 0,
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
      probes: 0,
      window: null,
    });
  });

  test('tell of everything that happened', async () => {
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

  test('survive whatever is thrown', async () => {
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

  test('count reasons whose name is also a member of every object', async () => {
    const { breaker } = setUp();
    await failTimes(breaker, 1, { name: '__proto__', message: '' });
    expect(Object.entries(breaker.stats().failureReasons)).toEqual([['__proto__', 1]]);
  });
});

describe('isCircuitOpenError', () => {
  test('knows a refusal of any copy of this package, and nothing else', async () => {
    const { breaker } = setUp();
    breaker.trip();
    expect(isCircuitOpenError(await outcomeOf(breaker.execute(fail)))).toBe(true);
    expect(isCircuitOpenError(Object.assign(new Error('x'), { code: 'CIRCUIT_OPEN' }))).toBe(true);
    expect(isCircuitOpenError(boom)).toBe(false);
    expect(isCircuitOpenError({ code: 'CIRCUIT_OPEN' })).toBe(false);
    expect(isCircuitOpenError(undefined)).toBe(false);
  });

  test('a refusal leaves the stack trace of other errors alone, even where its limit cannot be changed', () => {
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
