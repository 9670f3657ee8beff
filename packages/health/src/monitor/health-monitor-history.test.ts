import { describe, expect, test, vi } from 'vitest';
import { createCheck, createMonitor, scriptedCheck } from '../test-support/monitor-fixture.ts';

describe('history and changes', () => {
  test('the status of a change is that of the report, whatever the priorities; it is known whether all have run', async () => {
    const statuses = ['healthy', 'degraded', 'unhealthy'] as const;
    const checks = (['informational', 'critical', 'important'] as const).flatMap((priority) =>
      statuses.map((status) => createCheck(`${priority}_${status}`, { priority, run: () => ({ status }) })),
    );
    const { monitor } = createMonitor({ checks });
    const seen: [string, string, boolean][] = [];
    monitor.on('changed', ({ status }) => seen.push([status, monitor.report().status, monitor.hasRunAll]));
    for (const { name } of checks) await monitor.refresh(name);
    expect(seen).toHaveLength(checks.length);
    expect(seen.every(([changed, reported]) => changed === reported)).toBe(true);
    expect(seen.map(([, , hasRunAll]) => hasRunAll)).toEqual(checks.map((_, at) => at === checks.length - 1));
    monitor.add(createCheck('more', {}));
    expect(monitor.hasRunAll).toBe(false);
    monitor.remove('more');
    expect(monitor.hasRunAll).toBe(true);
  });

  test('keeps the newest hundred results of a check, oldest first', async () => {
    const { definition, script } = scriptedCheck('a', { periodMs: 10, timeoutMs: 5 });
    const { clock, monitor } = createMonitor({ checks: [definition] });
    monitor.start();
    await clock.advanceAsync(10 * 149);
    expect(script.runs).toBe(150);
    const times = monitor.history('a').map(({ time }) => time);
    expect(times).toHaveLength(100);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.at(-1)).toBe(clock.epochMs());
    expect(monitor.history('missing')).toEqual([]);
  });

  test('records each change of the overall status with the check that caused it, and calls listeners', async () => {
    const { definition, script } = scriptedCheck('a', { periodMs: 100, timeoutMs: 10 });
    const { clock, monitor } = createMonitor({ checks: [definition] });
    const received: unknown[] = [];
    using _subscription = monitor.on('changed', (change) => received.push(change));
    monitor.start();
    await clock.advanceAsync(0);
    script.status = 'unhealthy';
    await clock.advanceAsync(100);
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
    expect(received).toMatchObject(expected);
    expect(monitor.history()).toMatchObject([
      { status: 'unhealthy', previousStatus: 'healthy', check: undefined },
      ...expected,
    ]);
  });

  test('a listener that throws affects nothing else and causes a warning', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const { clock, monitor } = createMonitor({ checks: [createCheck('a')] });
    const after = vi.fn<() => void>();
    monitor.on('changed', () => {
      throw new Error('listener');
    });
    monitor.on('changed', after);
    monitor.start();
    await clock.advanceAsync(0);
    expect(monitor.report().status).toBe('healthy');
    expect(after).toHaveBeenCalledTimes(1);
    expect(warn).toHaveBeenCalledTimes(1);
  });

  test('a disposed subscription is not called', async () => {
    const { clock, monitor } = createMonitor({ checks: [createCheck('a')] });
    const listener = vi.fn<() => void>();
    monitor.on('changed', listener)[Symbol.dispose]();
    monitor.start();
    await clock.advanceAsync(0);
    expect(listener).not.toHaveBeenCalled();
  });
});

describe('staleness', () => {
  test('a result becomes unknown after three periods, in a cached report too', async () => {
    const { definition } = scriptedCheck('a', { periodMs: 1000, timeoutMs: 10 });
    const { clock, monitor } = createMonitor({ checks: [definition] });
    await monitor.refresh();
    await clock.advanceAsync(2999);
    expect(monitor.report('ready')).toMatchObject({ status: 'healthy', checks: [{ stale: false }] });
    await clock.advanceAsync(1);
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

  test('before the first run a check is unknown: not ready, but no reason to restart', () => {
    const { monitor } = createMonitor({ checks: [createCheck('a', { groups: ['live', 'ready', 'startup'] })] });
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
  test('the status gets worse after failureThreshold consecutive runs and better after successThreshold', async () => {
    const { definition, script } = scriptedCheck('a', {
      periodMs: 100,
      timeoutMs: 10,
      failureThreshold: 3,
      successThreshold: 2,
    });
    const { clock, monitor } = createMonitor({ checks: [definition] });
    monitor.start();
    await clock.advanceAsync(0);
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
      await clock.advanceAsync(100);
      seen.push(monitor.report().status);
    }
    expect(seen).toEqual(['healthy', 'healthy', 'healthy', 'healthy', 'unhealthy', 'unhealthy', 'healthy']);
  });
});
