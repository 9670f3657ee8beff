// What people complained about in other health libraries, each as a rule that holds here. The numbers are those of the list in
// README.md ("What others got wrong"); the thirteenth is the overlap rule.
import { spawnSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CheckDefinition, CheckOutcome } from './check.ts';
import { commandCheck } from './checks/command.ts';
import { cpuCheck } from './checks/cpu.ts';
import { memoryCheck } from './checks/memory.ts';
import { cgroupCpuSource, hostCpuSource } from './cpu-sources.ts';
import { healthResponse } from './health-json.ts';
import { HealthMonitor } from './health-monitor.ts';
import type { HealthMonitorOptions } from './health-monitor.ts';
import { cgroupMemorySource, hostMemorySource } from './memory-sources.ts';
import { osUtilsSource } from './os-utils-source.ts';
import { PRIORITIES, STATUSES } from './status.ts';
import { FakeClock, noJitter } from './test-support/fake-clock.ts';
import { containerV1, containerV2, fakeFiles } from './test-support/fake-files.ts';

function setUp(options: HealthMonitorOptions = {}): { clock: FakeClock; monitor: HealthMonitor } {
  const clock = new FakeClock();
  return { clock, monitor: new HealthMonitor({ clock, random: noJitter, ...options }) };
}

function check(name: string, rest: Partial<CheckDefinition> = {}): CheckDefinition {
  return { name, priority: 'critical', run: () => ({ status: 'healthy' }), ...rest };
}

/** Ignores its signal and never comes back. */
const hang = (): Promise<CheckOutcome> => new Promise(() => undefined);

/** Counts its runs and how many were under way at once; each takes `ms`. */
function counting(clock: () => FakeClock, ms: number, rest: Partial<CheckDefinition> = {}) {
  const seen = { runs: 0, running: 0, most: 0 };
  const definition = check('counting', {
    run: async () => {
      seen.runs += 1;
      seen.running += 1;
      seen.most = Math.max(seen.most, seen.running);
      await new Promise<void>((resolve) => void clock().setTimer(resolve, ms));
      seen.running -= 1;
      return { status: 'healthy' };
    },
    ...rest,
  });
  return { seen, definition };
}

describe('complaint 1 (spring-boot #43449, #37068: one slow check after the other)', () => {
  test('fifty checks of which ten hang are done after one timeout', async () => {
    const checks = Array.from({ length: 50 }, (_unused, index) =>
      check(`check ${index}`, { timeoutMs: 2000, ...(index % 5 === 0 && { run: hang }) }),
    );
    const { clock, monitor } = setUp({ checks });
    let counts: unknown;
    void monitor.refresh().then((report) => (counts = report.counts));
    await clock.advance(1999);
    expect(counts).toBeUndefined();
    await clock.advance(1);
    expect(counts).toEqual({ healthy: 40, degraded: 0, unknown: 0, unhealthy: 10 });
  });
});

describe('complaint 2 (spring-boot #28882, #30696: the lifetime of a cached answer is not kept, least of all for groups)', () => {
  test('no probe of any group runs a check within its period, and each sees the one run that follows it', async () => {
    let runs = 0;
    const counted = check('a', {
      groups: ['live', 'ready', 'startup'],
      periodMs: 1000,
      timeoutMs: 100,
      run: () => ({ status: 'healthy', observedValue: (runs += 1) }),
    });
    const { clock, monitor } = setUp({ checks: [counted] });
    const seen = (): unknown[] =>
      [undefined, 'live' as const, 'ready' as const, 'startup' as const].map(
        (group) => monitor.report(group).checks[0]?.observedValue,
      );
    monitor.start();
    for (const elapsed of [0, 500, 499]) {
      await clock.advance(elapsed);
      expect(seen()).toEqual([1, 1, 1, 1]);
    }
    await clock.advance(1);
    expect(seen()).toEqual([2, 2, 2, 2]);
  });
});

describe('complaint 3 (nestjs/terminus #1960, #1284, twentyhq/twenty #10186)', () => {
  test('a check that fails or hangs does not hold up the answer', async () => {
    const { clock, monitor } = setUp({ checks: [check('memory', { run: hang }), check('other')] });
    monitor.start();
    await clock.settle();
    expect(healthResponse(monitor.report(), { detail: true }).status).toBe(503);
    expect(monitor.report().checks).toMatchObject([{ status: 'unknown' }, { status: 'healthy' }]);
  });

  test('what a part found always reaches the whole, by its priority', async () => {
    const worker = (priority: CheckDefinition['priority']): CheckDefinition =>
      check('worker', { priority, run: () => ({ status: 'unhealthy' }) });
    const statuses = PRIORITIES.map(
      async (priority) => (await setUp({ checks: [worker(priority)] }).monitor.refresh()).status,
    );
    expect(await Promise.all(statuses)).toEqual(['unhealthy', 'degraded', 'healthy']);
  });
});

describe('complaint 4 (gajus/lightship #25, #22: still ready while shutting down)', () => {
  test.each([
    ['drain', (monitor: HealthMonitor) => monitor.drain('SIGTERM')],
    ['disposal', (monitor: HealthMonitor) => void monitor[Symbol.asyncDispose]()],
  ])('readiness is 503 in the very tick of %s, liveness stays 200', async (_what, end) => {
    const { monitor } = setUp({ checks: [check('a', { groups: ['live', 'ready'] })] });
    await monitor.refresh();
    expect(healthResponse(monitor.report('ready'), { detail: false }).status).toBe(200);
    end(monitor);
    expect(healthResponse(monitor.report('ready'), { detail: false }).status).toBe(503);
    expect(healthResponse(monitor.report('live'), { detail: false }).status).toBe(200);
  });
});

describe('complaint 5 (gajus/lightship #8: the process never exits)', () => {
  test('no timer is left after `await using`, whatever a check was doing', async () => {
    const clock = new FakeClock();
    {
      await using monitor = new HealthMonitor({
        clock,
        checks: [
          check('idle'),
          check('late', { initialDelayMs: 5000 }),
          check('slow', { run: ({ signal }) => aborted(signal) }),
        ],
      });
      monitor.start();
      await clock.settle();
      expect(clock.pendingTimers).toBe(3);
    }
    expect(clock.pendingTimers).toBe(0);
  });

  test('a process that forgets to dispose of a started monitor ends all the same', () => {
    const program = `
      import { HealthMonitor } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
      new HealthMonitor({ checks: [{ name: 'a', priority: 'critical', run: () => ({ status: 'healthy' }) }] }).start();`;
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', program], {
      encoding: 'utf8',
      timeout: 10_000,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

function aborted(signal: AbortSignal): Promise<CheckOutcome> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve({ status: 'unknown' }));
  });
}

describe('complaint 6 (cloud-health-connect #2: the second check overwrites what the first had found)', () => {
  test('the whole is the same in whatever order the checks come back', async () => {
    const part = fc.record({ status: fc.constantFrom(...STATUSES), priority: fc.constantFrom(...PRIORITIES) });
    const timed = fc.tuple(part, fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 }));
    await fc.assert(
      fc.asyncProperty(fc.array(timed, { minLength: 1, maxLength: 6 }), async (parts) => {
        const overall = async (delayOf: (index: number) => number): Promise<string> => {
          const checks = parts.map(([{ status, priority }], index) =>
            check(`check ${index}`, {
              priority,
              run: () => new Promise((resolve) => void clock.setTimer(() => resolve({ status }), delayOf(index))),
            }),
          );
          const { clock, monitor } = setUp({ checks });
          monitor.start();
          await clock.advance(50);
          return monitor.report().status;
        };
        expect(await overall((index) => parts[index]?.[1] ?? 1)).toBe(await overall((index) => parts[index]?.[2] ?? 1));
      }),
      { numRuns: 50 },
    );
  });
});

describe('complaint 7 (mcp-clickhouse #228, stella #270: a stampede of probes)', () => {
  test('a thousand readers at once cost one execution, and so do a thousand that ask for a fresh answer', async () => {
    const { seen, definition } = counting(() => clock, 20, { periodMs: 60_000 });
    const { clock, monitor } = setUp({ checks: [definition] });
    monitor.start();
    const answers = Array.from({ length: 1000 }, async () => healthResponse(monitor.report(), { detail: true }).text());
    await Promise.all(answers);
    const refreshed = Array.from({ length: 1000 }, () => monitor.refresh());
    await clock.advance(20);
    expect(new Set((await Promise.all(refreshed)).map(({ status }) => status))).toEqual(new Set(['healthy']));
    expect(seen.runs).toBe(1);
  });
});

describe('complaint 8 (t3code #12000: overlapping runs when the interval is shorter than a run)', () => {
  test('a check is never under way twice, refreshed or not', async () => {
    const { seen, definition } = counting(() => clock, 400, { periodMs: 10, timeoutMs: 1000 });
    const { clock, monitor } = setUp({ checks: [definition] });
    monitor.start();
    for (let step = 0; step < 50; step += 1) {
      void monitor.refresh();
      await clock.advance(100);
    }
    expect(seen.most).toBe(1);
    expect(seen.runs).toBeGreaterThan(5);
  });
});

describe('complaint 9 (apache/storm #3275: a program that timed out keeps running)', () => {
  test.runIf(process.platform === 'linux')(
    '`sleep 60`, its child and its grandchild are gone within a second of the timeout',
    async () => {
      const script = 'sleep 60.009 & sh -c "sleep 60.009 & sleep 60.009" & sleep 60.009';
      const monitor = new HealthMonitor({
        checks: [commandCheck({ name: 'sleeper', command: '/bin/sh', args: ['-c', script], timeoutMs: 300 })],
      });
      const report = await monitor.refresh();
      expect(report.checks).toMatchObject([{ status: 'unhealthy', message: 'timed out after 300 ms' }]);
      const timedOutAt = performance.now();
      await monitor[Symbol.asyncDispose]();
      expect(performance.now() - timedOutAt).toBeLessThan(1000);
      const { stdout } = spawnSync('ps', ['-eo', 'stat,args'], { encoding: 'utf8' });
      expect(stdout.split('\n').filter((line) => line.includes('60.009') && !line.startsWith('Z'))).toEqual([]);
    },
  );
});

describe('complaint 10 (nodejs/node #51095, n8n #22698: the figures of the host in a container)', () => {
  test.each([
    ['cgroup-v2', containerV2, 0.5, 512 * 2 ** 20],
    ['cgroup-v1', containerV1, 0.25, 2 ** 30],
  ])('memory and CPU are measured against the limits of %s', async (source, files, limitCpus, limitBytes) => {
    const read = fakeFiles(files);
    const monitor = new HealthMonitor({
      checks: [
        memoryCheck({ sources: [cgroupMemorySource(read, 64 * 2 ** 30), hostMemorySource()] }),
        cpuCheck({ sources: [cgroupCpuSource({ read }), hostCpuSource()] }),
      ],
    });
    expect((await monitor.refresh()).checks).toMatchObject([
      { source, observedValue: 50, metadata: { limitBytes } },
      { source, metadata: { limitCpus } },
    ]);
  });
});

describe('complaint 11 (node-os-utils #25, janhq/jan #1715: unsupported parts, costly polling)', () => {
  const failures: readonly [string, () => Promise<unknown>][] = [
    ['missing', () => Promise.reject(new Error('Cannot find package'))],
    ['throwing', async () => ({ OSUtils: () => undefined })],
    ['hanging', () => new Promise(() => undefined)],
    [
      'answering nonsense',
      async () => ({
        OSUtils: function () {
          return { memory: { usage: async () => ({ success: true, data: -7 }) } };
        },
      }),
    ],
  ];

  test.each(failures)(
    'a library that is %s gives way to the built-in source, and the value says so',
    async (_what, load) => {
      const sources = [osUtilsSource('memory', { load, deadlineMs: 20 }), hostMemorySource()];
      const { checks } = await new HealthMonitor({ checks: [memoryCheck({ sources })] }).refresh();
      expect(checks).toMatchObject([{ lastStatus: expect.stringMatching(/healthy|degraded/), source: 'node:os' }]);
    },
  );

  test.each(failures)(
    'a library that is %s, with nothing else to ask, makes the check unknown and never an error',
    async (_what, load) => {
      const sources = [osUtilsSource('memory', { load, deadlineMs: 20 })];
      const { checks } = await new HealthMonitor({ checks: [memoryCheck({ sources })] }).refresh();
      expect(checks).toMatchObject([{ status: 'unknown', message: 'no source could measure memory' }]);
    },
  );

  test('a library that works is used when asked for first, and the value says so', async () => {
    const sources = [osUtilsSource('memory'), hostMemorySource()];
    const { checks } = await new HealthMonitor({ checks: [memoryCheck({ sources })] }).refresh();
    expect(checks).toMatchObject([{ source: 'node-os-utils' }]);
  });
});

describe('complaint 12 (aspnetcore #2577: a timeout that only asks)', () => {
  test('a check that ignores its signal is reported timed out all the same', async () => {
    const { clock, monitor } = setUp({ checks: [check('deaf', { timeoutMs: 700, run: hang })] });
    monitor.start();
    await clock.advance(700);
    expect(monitor.report().checks).toMatchObject([{ status: 'unhealthy', message: 'timed out after 700 ms' }]);
    expect(monitor.history('deaf')).toMatchObject([{ timedOut: true, durationMs: 700 }]);
  });

  test('a check that heeds its signal is told at the timeout, and why', async () => {
    let reason: unknown;
    const heeding = check('heeding', {
      timeoutMs: 700,
      run: ({ signal }) => {
        signal.addEventListener('abort', () => (reason = signal.reason));
        return aborted(signal);
      },
    });
    const { clock, monitor } = setUp({ checks: [heeding] });
    monitor.start();
    await clock.advance(700);
    expect(reason).toMatchObject({ name: 'TimeoutError', message: 'timed out after 700 ms' });
    // What it answers on being told does not replace the timeout.
    expect(monitor.report().checks).toMatchObject([
      { status: 'unhealthy', message: 'timed out after 700 ms', stuck: false },
    ]);
  });
});

describe('complaint 13 (the overlap rule: what follows a run that does not come back)', () => {
  test('a stuck check is not started again, stays a failure as long as it is stuck, and runs again once it is back', async () => {
    let runs = 0;
    const late = Promise.withResolvers<CheckOutcome>();
    const stuck = check('stuck', {
      groups: ['live', 'ready'],
      periodMs: 1000,
      timeoutMs: 100,
      run: () => {
        runs += 1;
        return runs === 1 ? late.promise : { status: 'healthy' };
      },
    });
    const { clock, monitor } = setUp({ checks: [stuck] });
    monitor.start();
    await clock.advance(100);
    expect(monitor.report().checks).toMatchObject([{ stuck: true, message: 'timed out after 100 ms' }]);
    // Ten periods on, it is still a failure for liveness too: it has not aged into "unknown".
    await clock.advance(10_000);
    expect(runs).toBe(1);
    expect(monitor.report('live')).toMatchObject({
      status: 'unhealthy',
      checks: [{ status: 'unhealthy', stuck: true, stale: false, message: expect.stringContaining('stuck') }],
    });
    late.resolve({ status: 'healthy' });
    await clock.settle();
    // Its late answer counts for nothing.
    expect(monitor.report().checks).toMatchObject([{ status: 'unhealthy', stuck: false }]);
    await clock.advance(1000);
    expect(runs).toBe(2);
    expect(monitor.report().status).toBe('healthy');
  });

  test('a thousand refreshes of a stuck check add one entry to its history', async () => {
    const { clock, monitor } = setUp({ checks: [check('stuck', { timeoutMs: 100, run: hang })] });
    monitor.start();
    await clock.advance(100);
    await Promise.all(Array.from({ length: 1000 }, () => monitor.refresh()));
    expect(monitor.history('stuck')).toHaveLength(2);
  });

  test('a period shorter than the timeout is raised to it', async () => {
    const { seen, definition } = counting(() => clock, 0, { periodMs: 10, timeoutMs: 500 });
    const { clock, monitor } = setUp({ checks: [definition] });
    monitor.start();
    await clock.advance(499);
    expect(seen.runs).toBe(1);
    await clock.advance(1);
    expect(seen.runs).toBe(2);
  });

  test('a check that asks the monitor to refresh joins itself and times out, and is not run for ever', async () => {
    let runs = 0;
    const own = check('own', {
      timeoutMs: 100,
      run: () => {
        runs += 1;
        return monitor.refresh().then(() => ({ status: 'healthy' as const }));
      },
    });
    const { clock, monitor } = setUp({ checks: [own] });
    monitor.start();
    await clock.advance(100);
    expect(runs).toBe(1);
    expect(monitor.report().checks).toMatchObject([{ status: 'unhealthy' }]);
  });
});
