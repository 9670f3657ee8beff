import { describe, expect, test } from 'vitest';
import { ManualClock } from './test-support/manual-clock.ts';
import { failTimes, listen, ok, setUp, setUpHalfOpen } from './test-support/rig.ts';
import { CircuitBreaker, type CircuitBreakerSnapshot, type SlidingWindow } from './index.ts';

const COUNT: SlidingWindow = { type: 'count', size: 40, minimumCalls: 40 };
const TIME: SlidingWindow = { type: 'time', durationMs: 1000, buckets: 4, minimumCalls: 100 };

describe('snapshot and restore', () => {
  test('a closed circuit continues counting where it stopped', async () => {
    const { breaker, clock } = setUp({ failureThreshold: 3 });
    await failTimes(breaker, 2);
    const restored = CircuitBreaker.restore(breaker.toJSON(), { name: 'db', failureThreshold: 3, clock });
    await failTimes(restored, 1);
    expect(restored.state).toBe('open');
  });

  test('a half-open circuit keeps its successes; probes of the old process hold no slot', async () => {
    const { breaker, clock } = await setUpHalfOpen({ successThreshold: 2 });
    await breaker.execute(ok);
    breaker.acquire();
    const snapshot = breaker.toJSON();
    expect(snapshot).toMatchObject({ state: 'half_open', streak: 1, remainingMs: 0, window: null });
    const { breaker: restored } = setUp({ successThreshold: 2, clock, snapshot });
    await restored.execute(ok);
    expect(restored.state).toBe('closed');
  });

  test('time between snapshot and restore counts towards the open period', async () => {
    const { breaker, clock } = setUp();
    await failTimes(breaker, 2);
    const snapshot = breaker.toJSON();
    clock.stepEpoch(400);
    expect(setUp({ clock, snapshot }).breaker.retryAfterMs).toBe(600);
    clock.stepEpoch(3_600_000);
    expect(setUp({ clock, snapshot }).breaker.state).toBe('half_open');
  });

  test('the remaining time is kept within the cap of the new options', async () => {
    const { breaker, clock } = setUp();
    await failTimes(breaker, 2);
    const options = { clock, recoveryTimeoutMs: 100, maxRecoveryTimeoutMs: 300 };
    const { breaker: restored } = setUp({ ...options, snapshot: breaker.toJSON() });
    expect(restored.retryAfterMs).toBe(300);
  });

  test('a forced state survives a restart', () => {
    for (const forced of ['open', 'closed'] as const) {
      const { breaker, clock } = setUp();
      if (forced === 'open') breaker.forceOpen();
      else breaker.forceClosed();
      const snapshot: unknown = JSON.parse(JSON.stringify(breaker));
      clock.advance(1e9);
      const { breaker: restored, warnings } = setUp({ clock, snapshot });
      expect({ state: restored.state, forced: restored.forced, warnings }).toEqual({
        state: forced,
        forced,
        warnings: [],
      });
      restored.reset();
      expect(restored.state).toBe('closed');
    }
  });

  test('a restore is no transition', async () => {
    const { breaker, clock } = setUp();
    await failTimes(breaker, 2);
    const { breaker: restored } = setUp({ clock, snapshot: breaker.toJSON() });
    expect(restored.stats().transitions['closed->open']).toBe(0);
    const received = listen(restored, 'transition');
    clock.advance(1000);
    expect(restored.state).toBe('half_open');
    expect(received.map(({ from, to }) => `${from}->${to}`)).toEqual(['open->half_open']);
  });

  test('a count window is restored call by call', async () => {
    const { breaker, clock } = setUp({ failureThreshold: undefined, slidingWindow: COUNT });
    for (let n = 0; n < 47; n++) await (n % 3 === 0 ? failTimes(breaker, 1) : breaker.execute(ok));
    const snapshot = breaker.toJSON();
    expect(snapshot.window).toEqual({
      type: 'count',
      outcomes: Array.from({ length: 40 }, (_, at) => ((at + 7) % 3 === 0 ? 1 : 0)).join(''),
    });
    const { breaker: restored } = setUp({ failureThreshold: undefined, slidingWindow: COUNT, clock, snapshot });
    expect(restored.toJSON()).toEqual(snapshot);
    expect(restored.stats().window).toEqual(breaker.stats().window);
  });

  test('a count window keeps slow calls apart from failed ones', async () => {
    const slidingWindow: SlidingWindow = { ...COUNT, slowCallDurationMs: 10 };
    const { breaker, clock } = setUp({ failureThreshold: undefined, slidingWindow });
    for (const [ms, verb] of [
      [0, 'success'],
      [0, 'failure'],
      [10, 'success'],
      [10, 'failure'],
    ] as const) {
      const permit = breaker.acquire();
      clock.advance(ms);
      permit[verb]('error');
    }
    const snapshot = breaker.toJSON();
    expect(snapshot.window).toEqual({ type: 'count', outcomes: '0123' });
    const { breaker: restored } = setUp({ failureThreshold: undefined, slidingWindow, clock, snapshot });
    expect(restored.stats().window).toEqual({ calls: 4, failures: 2, slow: 2 });
    expect(restored.toJSON()).toEqual(snapshot);
  });

  test('a time window is restored bucket by bucket and continues to age', async () => {
    const { breaker, clock } = setUp({ failureThreshold: undefined, slidingWindow: TIME });
    await failTimes(breaker, 1);
    clock.advance(600);
    await failTimes(breaker, 2);
    const snapshot = breaker.toJSON();
    expect(snapshot.window).toEqual({ type: 'time', bucketAgeMs: 100, buckets: [0, 0, 0, 1, 1, 0, 0, 0, 0, 2, 2, 0] });
    const later = new ManualClock(clock.epochMs() + 145);
    later.advance(5);
    const { breaker: restored } = setUp({ failureThreshold: undefined, slidingWindow: TIME, clock: later, snapshot });
    expect(restored.stats().window).toEqual({ calls: 3, failures: 3, slow: 0 });
    later.advance(249);
    expect(restored.stats().window).toEqual({ calls: 3, failures: 3, slow: 0 });
    later.advance(1);
    expect(restored.stats().window).toEqual({ calls: 2, failures: 2, slow: 0 });
  });

  // As that version wrote it: not to be changed.
  test('a snapshot that 0.1.0 wrote is accepted', () => {
    const { clock } = setUp();
    const written = JSON.parse(
      `{"version":1,"name":"db","state":"open","forced":"open","savedAt":0,"remainingMs":0,"reopenings":3,"streak":5,"window":null}`,
    ) as CircuitBreakerSnapshot;
    const { breaker, warnings } = setUp({ clock, snapshot: written });
    expect({ state: breaker.state, warnings }).toEqual({ state: 'open', warnings: [] });
  });

  test('a snapshot without a window is accepted by a breaker with one', async () => {
    const { breaker, clock } = setUp();
    const { breaker: restored, warnings } = setUp({ clock, slidingWindow: COUNT, snapshot: breaker.toJSON() });
    expect({ window: restored.stats().window, warnings }).toEqual({
      window: { calls: 0, failures: 0, slow: 0 },
      warnings: [],
    });
  });

  describe('an invalid snapshot is ignored, with a warning that gives the reason', () => {
    const { clock, breaker } = setUp({ failureThreshold: undefined, slidingWindow: COUNT });
    const good: CircuitBreakerSnapshot = breaker.toJSON();
    const timeWindow = { type: 'time', bucketAgeMs: 0, buckets: Array.from({ length: 12 }, () => 0) };
    const damaged = 'it is damaged';
    const unfit = 'its window does not fit the options';
    test.each<[string, object, string, SlidingWindow?]>([
      ['another version', { version: 2 }, 'it is of a version that this one does not know'],
      ['no version', { version: undefined }, 'it is of a version that this one does not know'],
      ['another name', { name: 'other' }, 'it is of another breaker'],
      ['the future', { savedAt: clock.epochMs() + 1 }, 'it was written in the future'],
      ['a savedAt that is no number', { savedAt: 'now' }, damaged],
      ['an endless remaining time', { remainingMs: Infinity }, damaged],
      ['a negative remaining time', { remainingMs: -1 }, damaged],
      ['half a re-opening', { reopenings: 0.5 }, damaged],
      ['a negative number of re-openings', { reopenings: -1 }, damaged],
      ['a streak that is no number', { streak: null }, damaged],
      ['an unknown state', { state: 'ajar' }, damaged],
      ['an unknown forced state', { forced: 'ajar' }, damaged],
      ['a forced state that is missing', { forced: undefined }, damaged],
      ['a forced state that contradicts the state', { forced: 'open' }, damaged],
      ['a forced half-open state', { state: 'half_open', forced: 'half_open', window: null }, damaged],
      ['a window while open', { state: 'open' }, unfit],
      ['a window that is no object', { window: 7 }, unfit],
      ['a window that is missing', { window: undefined }, damaged],
      ['a count window too long', { window: { type: 'count', outcomes: '0'.repeat(41) } }, unfit],
      ['a count window of other digits', { window: { type: 'count', outcomes: '4' } }, unfit],
      ['a count window without outcomes', { window: { type: 'count' } }, damaged],
      ['a time window for a count window', { window: timeWindow }, unfit],
      ['a count window for a time window', {}, unfit, TIME],
      ['a time window of other length', { window: { ...timeWindow, buckets: [0, 0, 0] } }, unfit, TIME],
      ['a time window older than a bucket', { window: { ...timeWindow, bucketAgeMs: 250 } }, unfit, TIME],
      ['a time window of negative age', { window: { ...timeWindow, bucketAgeMs: -1 } }, unfit, TIME],
      ['a time window of no age', { window: { ...timeWindow, bucketAgeMs: undefined } }, unfit, TIME],
      ['more failures than calls', { window: { ...timeWindow, buckets: timeWindow.buckets.with(1, 1) } }, unfit, TIME],
      [
        'more slow calls than calls',
        { window: { ...timeWindow, buckets: timeWindow.buckets.with(2, 1) } },
        unfit,
        TIME,
      ],
      ['half a call', { window: { ...timeWindow, buckets: timeWindow.buckets.with(0, 0.5) } }, unfit, TIME],
      [
        'a bucket below zero',
        { window: { ...timeWindow, buckets: [-1, -1, -1, ...timeWindow.buckets.slice(3)] } },
        unfit,
        TIME,
      ],
      ['a negative count', { window: { ...timeWindow, buckets: timeWindow.buckets.with(0, -1) } }, unfit, TIME],
    ])('%s', (_, flaw, why, slidingWindow = COUNT) => {
      const snapshot = { ...good, ...flaw };
      const { breaker: restored, warnings } = setUp({ clock, failureThreshold: undefined, slidingWindow, snapshot });
      expect(warnings).toEqual([
        `Circuit breaker "db": the snapshot was rejected and the circuit starts closed: ${why}`,
      ]);
      expect(restored.state).toBe('closed');
      expect(restored.stats().window).toEqual({ calls: 0, failures: 0, slow: 0 });
    });

    test('a complete time window is accepted', () => {
      const snapshot = { ...good, window: { ...timeWindow, bucketAgeMs: 249 } };
      expect(setUp({ clock, failureThreshold: undefined, slidingWindow: TIME, snapshot }).warnings).toEqual([]);
    });

    test('a window where the breaker has none', () => {
      expect(setUp({ clock, snapshot: good }).warnings).toEqual([expect.stringContaining(unfit)]);
    });
  });
});
