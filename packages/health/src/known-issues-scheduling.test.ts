// Problems reported for other health libraries, about scheduling. The list with links is in docs/known-issues.md of this package.
import { describe, expect, test } from 'vitest';
import type { CheckOutcome } from './check-definition.ts';
import { healthResponse } from './report/health-json.ts';
import {
  countingCheck,
  createCheck,
  createMonitor,
  neverReturn,
  returnOnAbort,
} from './test-support/monitor-fixture.ts';

describe('checks run concurrently (spring-projects/spring-boot#43449, #37068)', () => {
  test('fifty checks of which ten hang are done after one timeout', async () => {
    const checks = Array.from({ length: 50 }, (_unused, index) =>
      createCheck(`check ${index}`, { timeoutMs: 2000, ...(index % 5 === 0 && { run: neverReturn }) }),
    );
    const { clock, monitor } = createMonitor({ checks });
    let counts: unknown;
    void monitor.refresh().then((report) => (counts = report.counts));
    await clock.advanceAsync(1999);
    expect(counts).toBeUndefined();
    await clock.advanceAsync(1);
    expect(counts).toEqual({ healthy: 40, degraded: 0, unknown: 0, unhealthy: 10 });
  });
});

describe('a result is reused for a whole period, in every group (spring-projects/spring-boot#28882, #30696)', () => {
  test('probes of all groups start no run within a period and share the next one', async () => {
    let runs = 0;
    const counted = createCheck('a', {
      groups: ['live', 'ready', 'startup'],
      periodMs: 1000,
      timeoutMs: 100,
      run: () => ({ status: 'healthy', observedValue: (runs += 1) }),
    });
    const { clock, monitor } = createMonitor({ checks: [counted] });
    const seen = (): unknown[] =>
      [undefined, 'live' as const, 'ready' as const, 'startup' as const].map(
        (group) => monitor.report(group).checks[0]?.observedValue,
      );
    monitor.start();
    for (const elapsed of [0, 500, 499]) {
      await clock.advanceAsync(elapsed);
      expect(seen()).toEqual([1, 1, 1, 1]);
    }
    await clock.advanceAsync(1);
    expect(seen()).toEqual([2, 2, 2, 2]);
  });
});

describe('concurrent probes share one run (ClickHouse/mcp-clickhouse#228)', () => {
  test('a thousand concurrent reports and a thousand concurrent refreshes share one run', async () => {
    const { count, definition } = countingCheck(() => clock, 20, { periodMs: 60_000 });
    const { clock, monitor } = createMonitor({ checks: [definition] });
    monitor.start();
    const bodies = Array.from({ length: 1000 }, async () => healthResponse(monitor.report(), { detail: true }).text());
    await Promise.all(bodies);
    const refreshed = Array.from({ length: 1000 }, () => monitor.refresh());
    await clock.advanceAsync(20);
    expect(new Set((await Promise.all(refreshed)).map(({ status }) => status))).toEqual(new Set(['healthy']));
    expect(count.runs).toBe(1);
  });
});

describe('runs of one check do not overlap (pingdotgg/t3code#12000)', () => {
  test('two runs of one check never overlap, with or without refresh', async () => {
    const { count, definition } = countingCheck(() => clock, 400, { periodMs: 10, timeoutMs: 1000 });
    const { clock, monitor } = createMonitor({ checks: [definition] });
    monitor.start();
    for (let step = 0; step < 50; step += 1) {
      void monitor.refresh();
      await clock.advanceAsync(100);
    }
    expect(count.maxInProgress).toBe(1);
    expect(count.runs).toBeGreaterThan(5);
  });
});

describe('a timeout is enforced (dotnet/aspnetcore#2577)', () => {
  test('a check that ignores its signal is reported as timed out', async () => {
    const { clock, monitor } = createMonitor({
      checks: [createCheck('ignoring', { timeoutMs: 700, run: neverReturn })],
    });
    monitor.start();
    await clock.advanceAsync(700);
    expect(monitor.report().checks).toMatchObject([{ status: 'unhealthy', message: 'timed out after 700 ms' }]);
    expect(monitor.history('ignoring')).toMatchObject([{ timedOut: true, durationMs: 700 }]);
  });

  test('the signal is aborted at the timeout, with the reason', async () => {
    let reason: unknown;
    const observing = createCheck('observing', {
      timeoutMs: 700,
      run: ({ signal }) => {
        signal.addEventListener('abort', () => (reason = signal.reason));
        return returnOnAbort(signal);
      },
    });
    const { clock, monitor } = createMonitor({ checks: [observing] });
    monitor.start();
    await clock.advanceAsync(700);
    expect(reason).toMatchObject({ name: 'TimeoutError', message: 'timed out after 700 ms' });
    // What it returns on abort does not replace the timeout.
    expect(monitor.report().checks).toMatchObject([
      { status: 'unhealthy', message: 'timed out after 700 ms', stuck: false },
    ]);
  });
});

describe('a stuck check is not started again', () => {
  test('it stays unhealthy while it is stuck and runs again after it has returned', async () => {
    let runs = 0;
    const late = Promise.withResolvers<CheckOutcome>();
    const stuck = createCheck('stuck', {
      groups: ['live', 'ready'],
      periodMs: 1000,
      timeoutMs: 100,
      run: () => {
        runs += 1;
        return runs === 1 ? late.promise : { status: 'healthy' };
      },
    });
    const { clock, monitor } = createMonitor({ checks: [stuck] });
    monitor.start();
    await clock.advanceAsync(100);
    expect(monitor.report().checks).toMatchObject([{ stuck: true, message: 'timed out after 100 ms' }]);
    // Ten periods later it is still unhealthy, for liveness too, and not "unknown" by age.
    await clock.advanceAsync(10_000);
    expect(runs).toBe(1);
    expect(monitor.report('live')).toMatchObject({
      status: 'unhealthy',
      checks: [{ status: 'unhealthy', stuck: true, stale: false, message: expect.stringContaining('stuck') }],
    });
    late.resolve({ status: 'healthy' });
    await clock.advanceAsync(0);
    // Its late result is ignored.
    expect(monitor.report().checks).toMatchObject([{ status: 'unhealthy', stuck: false }]);
    await clock.advanceAsync(1000);
    expect(runs).toBe(2);
    expect(monitor.report().status).toBe('healthy');
  });

  test('a thousand refreshes of a stuck check add one entry to its history', async () => {
    const { clock, monitor } = createMonitor({ checks: [createCheck('stuck', { timeoutMs: 100, run: neverReturn })] });
    monitor.start();
    await clock.advanceAsync(100);
    await Promise.all(Array.from({ length: 1000 }, () => monitor.refresh()));
    expect(monitor.history('stuck')).toHaveLength(2);
  });

  test('a period shorter than the timeout is raised to it', async () => {
    const { count, definition } = countingCheck(() => clock, 0, { periodMs: 10, timeoutMs: 500 });
    const { clock, monitor } = createMonitor({ checks: [definition] });
    monitor.start();
    await clock.advanceAsync(499);
    expect(count.runs).toBe(1);
    await clock.advanceAsync(1);
    expect(count.runs).toBe(2);
  });

  test('a check that refreshes the monitor waits for itself and times out', async () => {
    let runs = 0;
    const own = createCheck('own', {
      timeoutMs: 100,
      run: () => {
        runs += 1;
        return monitor.refresh().then(() => ({ status: 'healthy' as const }));
      },
    });
    const { clock, monitor } = createMonitor({ checks: [own] });
    monitor.start();
    await clock.advanceAsync(100);
    expect(runs).toBe(1);
    expect(monitor.report().checks).toMatchObject([{ status: 'unhealthy' }]);
  });
});
