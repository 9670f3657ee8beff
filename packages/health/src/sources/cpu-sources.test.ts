import type { CpuInfo } from 'node:os';
import { describe, expect, test } from 'vitest';
import { cgroupCpuSource, hostCpuSource } from './cpu-sources.ts';
import type { PercentReading, PercentSource } from './percent-source.ts';
import { ManualClock } from '../test-support/manual-clock.ts';
import { containerV2, fakeFiles } from '../test-support/fake-files.ts';

const { signal } = new AbortController();

/** Reads while time passes, for the window that a first reading waits for. */
async function readDuring(clock: ManualClock, source: PercentSource, ms: number): Promise<PercentReading | undefined> {
  const reading = source.read(signal);
  await clock.advanceAsync(ms);
  return reading;
}

function cpu(busy: number, idle: number): CpuInfo {
  return { model: '', speed: 0, times: { user: busy, nice: 0, sys: 0, irq: 0, idle } };
}

describe('CPU use against a quota', () => {
  test('is the time used divided by the time the quota allows', async () => {
    const clock = new ManualClock();
    const files = { ...containerV2 };
    const source = cgroupCpuSource({ clock, read: fakeFiles(files), cpus: () => [cpu(0, 0), cpu(0, 0)] });
    await readDuring(clock, source, 100);
    await clock.advanceAsync(9900);
    // 4 s of CPU in 10 s, the quota allows 5 s; the machine, with two CPUs, is at 20 %.
    files['/sys/fs/cgroup/cpu.stat'] = 'usage_usec 5000000\n';
    const reading = await source.read(signal);
    expect(reading).toMatchObject({ source: 'cgroup-v2', metadata: { limitCpus: 0.5 } });
    expect(reading?.percent).toBeCloseTo((4 / (9.9 * 0.5)) * 100, 5);
  });

  test('is undefined where the quota is not below the CPUs this process may run on', async () => {
    const files = {
      ...containerV2,
      '/proc/self/status': 'Cpus_allowed_list:\t1\n',
      '/sys/fs/cgroup/cpu.max': '150000 100000',
    };
    const source = cgroupCpuSource({
      clock: new ManualClock(),
      read: fakeFiles(files),
      cpus: () => [cpu(0, 0), cpu(0, 0)],
    });
    expect(await source.read(signal)).toBeUndefined();
  });

  test('is undefined where there is no quota', async () => {
    expect(await cgroupCpuSource({ read: fakeFiles({}), clock: new ManualClock() }).read(signal)).toBeUndefined();
  });

  test('does not compare samples taken under different quotas', async () => {
    const clock = new ManualClock();
    const files = { ...containerV2 };
    const source = cgroupCpuSource({ clock, read: fakeFiles(files), cpus: () => [cpu(0, 0)] });
    await readDuring(clock, source, 100);
    await clock.advanceAsync(1000);
    files['/sys/fs/cgroup/cpu.max'] = '20000 100000\n';
    expect(await source.read(signal)).toBeUndefined();
    await clock.advanceAsync(1000);
    expect(await source.read(signal)).toMatchObject({ percent: 0 });
  });
});

describe('CPU use of the machine', () => {
  test('is the busy share between two readings, without waiting', async () => {
    const clock = new ManualClock();
    let now = [cpu(0, 0), cpu(0, 0)];
    const source = hostCpuSource({ clock, read: fakeFiles({}), cpus: () => now });
    await readDuring(clock, source, 100);
    await clock.advanceAsync(1000);
    now = [cpu(900, 100), cpu(300, 700)];
    expect(await source.read(signal)).toMatchObject({ source: 'node:os', percent: 60, metadata: { limitCpus: 2 } });
  });

  test('counts only the CPUs this process may run on', async () => {
    const clock = new ManualClock();
    let now = [cpu(0, 0), cpu(0, 0), cpu(0, 0), cpu(0, 0)];
    const read = fakeFiles({ '/proc/self/status': 'Cpus_allowed_list:\t0,2-3\n' });
    const source = hostCpuSource({ clock, read, cpus: () => now });
    await readDuring(clock, source, 100);
    await clock.advanceAsync(1000);
    now = [cpu(900, 100), cpu(0, 1000), cpu(900, 100), cpu(900, 100)];
    expect(await source.read(signal)).toMatchObject({ percent: 90, metadata: { limitCpus: 3 } });
  });

  test('the first reading measures over 100 ms and is provisional', async () => {
    const clock = new ManualClock();
    const samples = [[cpu(0, 0)], [cpu(50, 50)]];
    const source = hostCpuSource({ clock, read: fakeFiles({}), cpus: () => samples.shift() ?? [] });
    expect(await readDuring(clock, source, 100)).toMatchObject({ percent: 50, provisional: true });
  });

  test('returns the last reading again within 100 ms', async () => {
    const clock = new ManualClock();
    let now = [cpu(0, 0)];
    const source = hostCpuSource({ clock, read: fakeFiles({}), cpus: () => now });
    await readDuring(clock, source, 100);
    await clock.advanceAsync(1000);
    now = [cpu(500, 500)];
    const reading = await source.read(signal);
    expect(reading).not.toHaveProperty('provisional');
    now = [cpu(510, 500)];
    await clock.advanceAsync(99);
    expect(await source.read(signal)).toBe(reading);
  });

  test('is undefined where no CPU is listed', async () => {
    expect(await hostCpuSource({ cpus: () => [], clock: new ManualClock() }).read(signal)).toBeUndefined();
  });

  test('stops waiting for the first window when the run is aborted', async () => {
    const clock = new ManualClock();
    const controller = new AbortController();
    const reading = hostCpuSource({ clock }).read(controller.signal);
    await clock.advanceAsync(0);
    controller.abort();
    await reading;
    expect(clock.pendingTimers).toBe(0);
  });

  test('measures this machine', async () => {
    const reading = await hostCpuSource().read(signal);
    expect(reading?.percent).toBeGreaterThanOrEqual(0);
    expect(reading?.percent).toBeLessThanOrEqual(100);
  });
});
