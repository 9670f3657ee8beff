import { describe, expect, test, vi } from 'vitest';
import type { CheckDefinition, CheckOutcome } from './check.ts';
import { HealthMonitor } from './health-monitor.ts';
import type { HealthMonitorOptions } from './health-monitor.ts';
import type { HealthStatus } from './status.ts';
import { FakeClock, noJitter } from './test-support/fake-clock.ts';

function setUp(options: HealthMonitorOptions = {}): { clock: FakeClock; monitor: HealthMonitor } {
  const clock = new FakeClock();
  return { clock, monitor: new HealthMonitor({ clock, random: noJitter, ...options }) };
}

function check(name: string, rest: Partial<CheckDefinition> = {}): CheckDefinition {
  return { name, priority: 'critical', run: () => ({ status: 'healthy' }), ...rest };
}

/** A check that answers what it is told, and counts. */
function scripted(name: string, rest: Partial<CheckDefinition> = {}) {
  const script = { status: 'healthy' as HealthStatus, runs: 0 };
  const definition = check(name, {
    run: () => {
      script.runs += 1;
      return { status: script.status };
    },
    ...rest,
  });
  return { script, definition };
}

describe('running in the background', () => {
  test('runs a check at start and then a period after the end of each run', async () => {
    const { script, definition } = scripted('a', { periodMs: 1000, timeoutMs: 100 });
    const { clock, monitor } = setUp({ checks: [definition] });
    await clock.advance(5000);
    expect(script.runs).toBe(0);
    monitor.start();
    await clock.settle();
    expect(script.runs).toBe(1);
    await clock.advance(999);
    expect(script.runs).toBe(1);
    await clock.advance(1);
    expect(script.runs).toBe(2);
  });

  test('counts the period from the end of a run, not from its start', async () => {
    let runs = 0;
    const slow = check('slow', {
      periodMs: 1000,
      timeoutMs: 900,
      run: () => {
        runs += 1;
        return new Promise<CheckOutcome>((resolve) => void clock.setTimer(() => resolve({ status: 'healthy' }), 600));
      },
    });
    const { clock, monitor } = setUp({ checks: [slow] });
    monitor.start();
    await clock.advance(1599);
    expect(runs).toBe(1);
    await clock.advance(1);
    expect(runs).toBe(2);
  });

  test('waits the initial delay of a check before its first run', async () => {
    const { script, definition } = scripted('late', { initialDelayMs: 700 });
    const { clock, monitor } = setUp({ checks: [definition] });
    monitor.start();
    await clock.advance(699);
    expect(script.runs).toBe(0);
    await clock.advance(1);
    expect(script.runs).toBe(1);
  });

  test.each([
    { draw: 0, factor: 0.9 },
    { draw: 0.999_999, factor: 1.1 },
  ])('spreads delay and period by ten percent (draw $draw)', async ({ draw, factor }) => {
    const { script, definition } = scripted('a', { periodMs: 1000, timeoutMs: 10, initialDelayMs: 1000 });
    const { clock, monitor } = setUp({ checks: [definition], random: () => draw });
    monitor.start();
    await clock.advance(1000 * factor - 1);
    expect(script.runs).toBe(0);
    await clock.advance(1);
    expect(script.runs).toBe(1);
    await clock.advance(1000 * factor - 1);
    expect(script.runs).toBe(1);
    await clock.advance(2);
    expect(script.runs).toBe(2);
  });

  test('starts critical checks first, then important, then informational', async () => {
    const order: string[] = [];
    const named = (name: string, priority: CheckDefinition['priority']): CheckDefinition =>
      check(name, {
        priority,
        run: () => {
          order.push(name);
          return { status: 'healthy' };
        },
      });
    const checks = [
      named('i', 'informational'),
      named('c1', 'critical'),
      named('m', 'important'),
      named('c2', 'critical'),
    ];
    const { clock, monitor } = setUp({ checks, maxConcurrentRuns: 1 });
    monitor.start();
    await clock.settle();
    expect(order).toEqual(['c1', 'c2', 'm', 'i']);
    expect(monitor.report().checks.map(({ name }) => name)).toEqual(['c1', 'c2', 'm', 'i']);
  });

  test('runs no more checks at once than it is told to, and all of them in the end', async () => {
    let running = 0;
    let most = 0;
    const checks = Array.from({ length: 10 }, (_unused, index) =>
      check(`check ${index}`, {
        run: async () => {
          running += 1;
          most = Math.max(most, running);
          await new Promise<void>((resolve) => void clock.setTimer(resolve, 10));
          running -= 1;
          return { status: 'healthy' };
        },
      }),
    );
    const { clock, monitor } = setUp({ checks, maxConcurrentRuns: 3 });
    monitor.start();
    await clock.advance(100);
    expect(most).toBe(3);
    expect(monitor.report().counts.healthy).toBe(10);
  });

  test('schedules a check that is added after start, and stops one that is removed', async () => {
    const { script, definition } = scripted('a', { periodMs: 100, timeoutMs: 10 });
    const { clock, monitor } = setUp();
    monitor.start();
    const added = monitor.add(definition);
    await clock.settle();
    expect(script.runs).toBe(1);
    added[Symbol.dispose]();
    await clock.advance(1000);
    expect(script.runs).toBe(1);
    expect(monitor.report().checks).toEqual([]);
    expect(monitor.remove('a')).toBe(false);
  });
});

describe('what is refused', () => {
  test('refuses a second check of the same name', () => {
    const { monitor } = setUp({ checks: [check('db')] });
    expect(() => monitor.add(check('db'))).toThrow(/'db' exists already; remove it first/);
  });

  test('refuses a dependency as a reason for a restart', () => {
    expect(() => setUp({ checks: [check('db', { dependency: true, groups: ['live'] })] })).toThrow(
      /'db'.*without live/,
    );
  });

  test.each([
    [{ name: '' }, /1 to 100 printable/],
    [{ timeoutMs: 0 }, /timeoutMs must be from 1 to 3600000, got 0/],
    [{ periodMs: Number.NaN }, /periodMs must be from 10 to 86400000, got NaN/],
    [{ initialDelayMs: -1 }, /initialDelayMs must be from 0/],
    [{ failureThreshold: 1.5 }, /failureThreshold must be a whole number from 1 to 100, got 1.5/],
    [{ successThreshold: 0 }, /successThreshold must be a whole number/],
    [{ priority: 'urgent' as never }, /priority must be one of critical, important, informational, got urgent/],
    [{ groups: ['alive' as never] }, /groups must be some of live, ready, startup, got alive/],
  ])('refuses %o and says what is allowed', (wrong, message) => {
    expect(() => setUp({ checks: [check('a', wrong)] })).toThrow(message);
  });

  test('refuses a history or a concurrency that is no positive whole number', () => {
    expect(() => setUp({ historySize: 0 })).toThrow(/historySize must be a whole number from 1 to 10000, got 0/);
    expect(() => setUp({ maxConcurrentRuns: 2.5 })).toThrow(/maxConcurrentRuns/);
  });
});

describe('what is remembered', () => {
  test('keeps the newest hundred results of a check, oldest first', async () => {
    const { definition, script } = scripted('a', { periodMs: 10, timeoutMs: 5 });
    const { clock, monitor } = setUp({ checks: [definition] });
    monitor.start();
    await clock.advance(10 * 149);
    expect(script.runs).toBe(150);
    const times = monitor.history('a').map(({ time }) => time);
    expect(times).toHaveLength(100);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.at(-1)).toBe(clock.now());
    expect(monitor.history('nobody')).toEqual([]);
  });

  test('records each change of the whole with the check that caused it, and tells listeners', async () => {
    const { definition, script } = scripted('a', { periodMs: 100, timeoutMs: 10 });
    const { clock, monitor } = setUp({ checks: [definition] });
    const heard: unknown[] = [];
    using _subscription = monitor.on('changed', (change) => heard.push(change));
    monitor.start();
    await clock.settle();
    script.status = 'unhealthy';
    await clock.advance(100);
    const expected = [
      {
        status: 'healthy',
        previousStatus: 'unhealthy',
        check: { name: 'a', status: 'healthy', previousStatus: 'unknown' },
      },
      {
        status: 'unhealthy',
        previousStatus: 'healthy',
        check: { name: 'a', status: 'unhealthy', previousStatus: 'healthy' },
      },
    ];
    expect(heard).toMatchObject(expected);
    expect(monitor.history()).toMatchObject([
      { status: 'unhealthy', previousStatus: 'healthy', check: undefined },
      ...expected,
    ]);
  });

  test('is not disturbed by a listener that throws, and warns of it', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const { clock, monitor } = setUp({ checks: [check('a')] });
    const after = vi.fn<() => void>();
    monitor.on('changed', () => {
      throw new Error('listener');
    });
    monitor.on('changed', after);
    monitor.start();
    await clock.settle();
    expect(monitor.report().status).toBe('healthy');
    expect(after).toHaveBeenCalledTimes(1);
    expect(warn).toHaveBeenCalledTimes(1);
  });

  test('no longer tells a listener whose subscription is disposed', async () => {
    const { clock, monitor } = setUp({ checks: [check('a')] });
    const listener = vi.fn<() => void>();
    monitor.on('changed', listener)[Symbol.dispose]();
    monitor.start();
    await clock.settle();
    expect(listener).not.toHaveBeenCalled();
  });
});

describe('staleness', () => {
  test('makes a result unknown after three periods without another, in the cached answer too', async () => {
    const { definition } = scripted('a', { periodMs: 1000, timeoutMs: 10 });
    const { clock, monitor } = setUp({ checks: [definition] });
    await monitor.refresh();
    await clock.advance(2999);
    expect(monitor.report('ready')).toMatchObject({ status: 'healthy', checks: [{ stale: false }] });
    await clock.advance(1);
    expect(monitor.report('ready')).toMatchObject({
      status: 'unhealthy',
      checks: [
        {
          status: 'unknown',
          stale: true,
          lastStatus: 'healthy',
          message: expect.stringContaining('older than 3 periods'),
        },
      ],
    });
  });

  test('is unknown before the first run: not ready, but no reason to restart', () => {
    const { monitor } = setUp({ checks: [check('a', { groups: ['live', 'ready', 'startup'] })] });
    expect(monitor.report('ready').status).toBe('unhealthy');
    expect(monitor.report('startup').status).toBe('unhealthy');
    expect(monitor.report('live').status).toBe('degraded');
    expect(monitor.report().checks[0]).toMatchObject({
      status: 'unknown',
      message: 'has not run yet',
      time: undefined,
    });
  });
});

describe('flap damping', () => {
  test('gets worse only after failureThreshold runs in a row and better only after successThreshold', async () => {
    const { definition, script } = scripted('a', {
      periodMs: 100,
      timeoutMs: 10,
      failureThreshold: 3,
      successThreshold: 2,
    });
    const { clock, monitor } = setUp({ checks: [definition] });
    monitor.start();
    await clock.settle();
    const seen: string[] = [];
    for (const status of [
      'unhealthy',
      'healthy',
      'unhealthy',
      'unhealthy',
      'unhealthy',
      'healthy',
      'healthy',
    ] as const) {
      script.status = status;
      await clock.advance(100);
      seen.push(monitor.report().status);
    }
    expect(seen).toEqual(['healthy', 'healthy', 'healthy', 'healthy', 'unhealthy', 'unhealthy', 'healthy']);
  });
});

describe('draining and disposal', () => {
  test('fails readiness and the whole from drain on, with the first reason, and leaves liveness and startup alone', async () => {
    const { clock, monitor } = setUp({ checks: [check('a', { groups: ['live', 'ready', 'startup'] })] });
    await monitor.refresh();
    monitor.drain('SIGTERM');
    monitor.drain('again');
    expect(monitor.report('ready')).toMatchObject({
      status: 'unhealthy',
      draining: { reason: 'SIGTERM', since: clock.now() },
    });
    expect(monitor.report().status).toBe('unhealthy');
    expect(monitor.report('live').status).toBe('healthy');
    expect(monitor.report('startup').status).toBe('healthy');
    await monitor.refresh();
    expect(monitor.report('ready').status).toBe('unhealthy');
  });

  test('runs nothing after disposal, refuses new checks, and can be disposed twice', async () => {
    const { definition, script } = scripted('a', { periodMs: 100, timeoutMs: 10 });
    const { clock, monitor } = setUp({ checks: [definition] });
    monitor.start();
    await clock.settle();
    await monitor[Symbol.asyncDispose]();
    await monitor[Symbol.asyncDispose]();
    monitor.start();
    await monitor.refresh();
    await clock.advance(1000);
    expect(script.runs).toBe(1);
    expect(clock.pendingTimers).toBe(0);
    expect(() => monitor.add(check('b'))).toThrow(/disposed/);
  });

  test('aborts a run that is under way, and drops what it answers then', async () => {
    let aborted = false;
    const waiting = check('a', {
      run: ({ signal }) =>
        new Promise<CheckOutcome>((resolve) => {
          signal.addEventListener('abort', () => {
            aborted = true;
            resolve({ status: 'healthy' });
          });
        }),
    });
    const { clock, monitor } = setUp({ checks: [waiting] });
    monitor.start();
    await clock.settle();
    await monitor[Symbol.asyncDispose]();
    expect(aborted).toBe(true);
    expect(monitor.history('a')).toEqual([]);
  });

  test.each([0, 1, 2, 3, 4, 5])(
    'does not count the answer of a check that is taken out %i microtasks after it',
    async (microtasks) => {
      const answer = Promise.withResolvers<CheckOutcome>();
      const { clock, monitor } = setUp({ checks: [check('a', { run: () => answer.promise })] });
      monitor.start();
      await clock.settle();
      answer.resolve({ status: 'degraded' });
      for (let passed = 0; passed < microtasks; passed += 1) await Promise.resolve();
      monitor.remove('a');
      const heard = vi.fn<() => void>();
      monitor.on('changed', heard);
      await clock.settle();
      expect(heard).not.toHaveBeenCalled();
    },
  );

  test('does not wait for ever for a check that ignores its signal', async () => {
    const { clock, monitor } = setUp({
      checks: [check('a', { run: () => new Promise<CheckOutcome>(() => undefined) })],
    });
    monitor.start();
    await clock.settle();
    const disposed = vi.fn<() => void>();
    void monitor[Symbol.asyncDispose]().then(disposed);
    await clock.advance(1999);
    expect(disposed).not.toHaveBeenCalled();
    await clock.advance(1);
    expect(disposed).toHaveBeenCalledTimes(1);
    expect(clock.pendingTimers).toBe(0);
  });

  test('disposes of a check that holds something, also when the check throws at it', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const release = vi.fn<() => void>(() => {
      throw new Error('cannot');
    });
    const { monitor } = setUp({ checks: [check('a', { [Symbol.dispose]: release })] });
    await monitor[Symbol.asyncDispose]();
    expect(release).toHaveBeenCalledTimes(1);
    expect(warn).toHaveBeenCalledTimes(1);
  });
});
