// Problems reported for other health libraries, about resources. The list with links is in docs/known-issues.md of this package.
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { commandCheck } from './checks/command.ts';
import { cpuCheck } from './checks/cpu.ts';
import { memoryCheck } from './checks/memory.ts';
import { HealthMonitor } from './monitor/health-monitor.ts';
import { cgroupCpuSource, hostCpuSource } from './sources/cpu-sources.ts';
import { cgroupMemorySource, hostMemorySource } from './sources/memory-sources.ts';
import { osUtilsSource } from './sources/os-utils-source.ts';
import { containerV1, containerV2, fakeFiles } from './test-support/fake-files.ts';
import { ManualClock } from './test-support/manual-clock.ts';
import { createCheck, returnOnAbort } from './test-support/monitor-fixture.ts';

// The child process runs the sources, whose `using` declarations need Node 24. Packed packages are tested on Node 22 too.
const RUNS_SOURCES = Number.parseInt(process.versions.node) >= 24;

describe('a monitor does not keep the process alive (gajus/lightship#8)', () => {
  test('no timer is left after disposal, in whatever state a check was', async () => {
    const clock = new ManualClock();
    {
      await using monitor = new HealthMonitor({
        clock,
        checks: [
          createCheck('idle'),
          createCheck('late', { initialDelayMs: 5000 }),
          createCheck('slow', { run: ({ signal }) => returnOnAbort(signal) }),
        ],
      });
      monitor.start();
      await clock.advanceAsync(0);
      expect(clock.pendingTimers).toBe(3);
    }
    expect(clock.pendingTimers).toBe(0);
  });

  test.runIf(RUNS_SOURCES)('a process ends although a started monitor was not disposed', () => {
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

describe('a program is ended at its timeout (apache/storm#3275)', () => {
  test.runIf(process.platform === 'linux')(
    '`sleep 60`, its child and its grandchild are gone after the timeout',
    async () => {
      const script = 'sleep 60.009 & sh -c "sleep 60.009 & sleep 60.009" & sleep 60.009';
      const monitor = new HealthMonitor({
        checks: [commandCheck({ name: 'sleeper', command: '/bin/sh', args: ['-c', script], timeoutMs: 300 })],
      });
      const report = await monitor.refresh();
      expect(report.checks).toMatchObject([{ status: 'unhealthy', message: 'timed out after 300 ms' }]);
      await monitor[Symbol.asyncDispose]();
      const { stdout } = spawnSync('ps', ['-eo', 'stat,args'], { encoding: 'utf8' });
      expect(stdout.split('\n').filter((line) => line.includes('60.009') && !line.startsWith('Z'))).toEqual([]);
    },
  );
});

describe('figures respect the limits of a container (nodejs/node#51095, n8n-io/n8n#22698)', () => {
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

describe('node-os-utils is optional and not trusted (SunilWang/node-os-utils#25, janhq/jan#1715)', () => {
  const failures: readonly [string, () => Promise<unknown>][] = [
    ['missing', () => Promise.reject(new Error('Cannot find package'))],
    ['throwing', async () => ({ OSUtils: () => undefined })],
    ['hanging', () => new Promise(() => undefined)],
    [
      'returning invalid values',
      async () => ({
        OSUtils: function () {
          return { memory: { usage: async () => ({ success: true, data: -7 }) } };
        },
      }),
    ],
  ];

  test.each(failures)('if the library is %s, the built-in source is used and named', async (_what, load) => {
    const sources = [osUtilsSource('memory', { load, deadlineMs: 20 }), hostMemorySource()];
    const { checks } = await new HealthMonitor({ checks: [memoryCheck({ sources })] }).refresh();
    expect(checks).toMatchObject([{ lastStatus: expect.stringMatching(/healthy|degraded/), source: 'node:os' }]);
  });

  test.each(failures)(
    'if the library is %s and there is no other source, the check is unknown',
    async (_what, load) => {
      const sources = [osUtilsSource('memory', { load, deadlineMs: 20 })];
      const { checks } = await new HealthMonitor({ checks: [memoryCheck({ sources })] }).refresh();
      expect(checks).toMatchObject([{ status: 'unknown', message: 'no source could measure memory' }]);
    },
  );

  test('the library is used and named when it is the first source', async () => {
    const sources = [osUtilsSource('memory'), hostMemorySource()];
    const { checks } = await new HealthMonitor({ checks: [memoryCheck({ sources })] }).refresh();
    expect(checks).toMatchObject([{ source: 'node-os-utils' }]);
  });
});
