import { spawnSync } from 'node:child_process';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { CheckDefinition, CheckOutcome } from '../check.ts';
import type { PercentSource } from '../percent-source.ts';
import { cgroupMemorySource, hostMemorySource } from '../memory-sources.ts';
import { containerV1, containerV2, fakeFiles } from '../test-support/fake-files.ts';
import { cpuCheck } from './cpu.ts';
import { diskCheck } from './disk.ts';
import type { FileSystemFigures } from './disk.ts';
import { eventLoopCheck } from './event-loop.ts';
import type { DelayHistogram } from './event-loop.ts';
import { memoryCheck } from './memory.ts';
import { processCheck } from './process.ts';

async function run(check: CheckDefinition): Promise<CheckOutcome> {
  return check.run({ signal: new AbortController().signal });
}

function source(name: string, read: () => number): PercentSource {
  return { name, read: async () => ({ percent: read() }) };
}

const broken = source('broken', () => {
  throw new Error('no /proc');
});

describe.each([
  ['cpu', cpuCheck],
  ['memory', memoryCheck],
])('the %s check', (_name, create) => {
  test.each([
    [80, 'healthy'],
    [80.1, 'degraded'],
    [100, 'degraded'],
  ])('at %d percent is %s by default', async (percent, status) => {
    expect(await run(create({ sources: [source('s', () => percent)] }))).toMatchObject({
      status,
      observedValue: percent,
      observedUnit: 'percent',
      source: 's',
    });
  });

  test('passes over sources that fail or answer nonsense, and names the one that answered', async () => {
    const nonsense = [Number.NaN, -1, 101, Infinity].map((value) => source('nonsense', () => value));
    const sources = [broken, ...nonsense, source('good', () => 12)];
    expect(await run(create({ sources }))).toMatchObject({ status: 'healthy', observedValue: 12, source: 'good' });
  });

  test('is unknown, never healthy, when no source answers', async () => {
    expect(await run(create({ sources: [broken] }))).toMatchObject({ status: 'unknown' });
  });

  test('refuses a threshold that is no percentage', () => {
    expect(() => create({ thresholdPercent: 180 })).toThrow(/thresholdPercent must be from 0 to 100, got 180/);
  });

  test('measures this machine from built-in sources', async () => {
    const outcome = await run(create());
    expect(outcome.status).not.toBe('unknown');
    expect(outcome.source).toMatch(/^(cgroup-v[12]|node:os)$/);
  });
});

describe('the memory check in a container', () => {
  test.each([
    ['cgroup-v2', containerV2, 50, 512 * 2 ** 20],
    ['cgroup-v1', containerV1, 50, 2 ** 30],
  ])('shows use against the limit (%s), not the memory of the host', async (version, files, percent, limitBytes) => {
    const sources = [cgroupMemorySource(fakeFiles(files), 64 * 2 ** 30), hostMemorySource()];
    expect(await run(memoryCheck({ sources }))).toMatchObject({
      source: version,
      observedValue: percent,
      metadata: { limitBytes },
    });
  });

  test('can be unhealthy above a second threshold', async () => {
    const check = memoryCheck({ sources: [source('s', () => 97)], unhealthyPercent: 95 });
    expect(await run(check)).toMatchObject({ status: 'unhealthy', message: 'memory use 97 %, over 95 %' });
    expect(() => memoryCheck({ thresholdPercent: 90, unhealthyPercent: 85 })).toThrow(
      /unhealthyPercent must be from 90/,
    );
  });
});

describe('the cpu check', () => {
  test('holds a busy machine back for three runs by default', () => {
    expect(cpuCheck().failureThreshold).toBe(3);
    expect(cpuCheck({ failureThreshold: 1 }).failureThreshold).toBe(1);
  });
});

describe('the disk check', () => {
  const figures: FileSystemFigures = { blocks: 1000, bfree: 800, bavail: 300, bsize: 4096, files: 100, ffree: 90 };
  const withFigures = (changed: Partial<FileSystemFigures>): CheckDefinition =>
    diskCheck({ readFigures: async () => ({ ...figures, ...changed }) });

  test('counts reserved blocks as df does', async () => {
    expect(await run(withFigures({}))).toMatchObject({
      status: 'healthy',
      observedValue: 40,
      source: 'node:fs statfs',
    });
  });

  test.runIf(process.platform === 'linux')('agrees with df to one point', async () => {
    const lines = spawnSync('df', ['--output=pcent', '/'], { encoding: 'utf8' }).stdout.split('\n');
    const { observedValue } = await run(diskCheck());
    expect(Math.abs(Number(observedValue) - Number.parseInt(lines[1] ?? '', 10))).toBeLessThanOrEqual(1);
  });

  test('is degraded over its threshold', async () => {
    expect(await run(withFigures({ bavail: 40 }))).toMatchObject({ status: 'degraded', observedValue: 83.3 });
  });

  test('is degraded when inodes run out before space does, and says so', async () => {
    expect(await run(withFigures({ ffree: 5 }))).toMatchObject({
      status: 'degraded',
      observedValue: 40,
      message: 'inode use 95 %, over 80 %',
    });
  });

  test.each([{ blocks: 0, bfree: 0, bavail: 0 }, { blocks: Number.NaN }, { bfree: 2000 }])(
    'is unknown for a file system of %o',
    async (odd) => {
      expect(await run(withFigures(odd))).toMatchObject({ status: 'unknown' });
    },
  );

  test('does without inodes where none are counted', async () => {
    expect(await run(withFigures({ files: 0, ffree: 0 }))).toMatchObject({ status: 'healthy' });
  });

  test('is unknown, never 0 percent, when the file system cannot be read, and does not show the path', async () => {
    const outcome = await run(diskCheck({ path: '/no/such/place' }));
    expect(outcome).toEqual({ status: 'unknown', message: 'the file system cannot be read: ENOENT (statfs)' });
  });
});

describe('the event-loop check', () => {
  function histogram(p99Ms: number): DelayHistogram & { resets: number; enabled: boolean } {
    return {
      count: 5,
      max: (p99Ms + 20) * 1e6,
      resets: 0,
      enabled: false,
      percentile: () => (p99Ms + 20) * 1e6,
      reset() {
        this.resets += 1;
      },
      enable() {
        this.enabled = true;
      },
      disable() {
        this.enabled = false;
      },
    };
  }

  test.each([
    [0, 'healthy'],
    [100, 'healthy'],
    [101, 'degraded'],
    [900, 'unhealthy'],
  ])('at a lag of %d ms is %s', async (lag, status) => {
    const check = eventLoopCheck({ histogram: histogram(lag), unhealthyMs: 500 });
    expect(await run(check)).toMatchObject({
      status,
      observedValue: lag,
      observedUnit: 'ms',
      source: 'node:perf_hooks',
    });
  });

  test('is never unhealthy unless told from where on', async () => {
    expect(await run(eventLoopCheck({ histogram: histogram(50_000) }))).toMatchObject({ status: 'degraded' });
  });

  test('measures from one run to the next, and not after it is disposed', async () => {
    const delays = histogram(10);
    const check = eventLoopCheck({ histogram: delays });
    await run(check);
    await run(check);
    expect(delays).toMatchObject({ resets: 2, enabled: true });
    check[Symbol.dispose]?.();
    expect(delays.enabled).toBe(false);
  });

  test('only begins to measure at its first run', async () => {
    const check = eventLoopCheck();
    expect(await run(check)).toMatchObject({
      status: 'healthy',
      observedValue: undefined,
      message: 'measuring has begun',
    });
    check[Symbol.dispose]?.();
  });

  test('sees a real event loop that was blocked', async () => {
    const histogram = monitorEventLoopDelay({ resolution: 20 });
    const check = eventLoopCheck({ thresholdMs: 20, histogram });
    const sampled = async (count: number): Promise<void> => {
      while (histogram.count < count) await nextTurn();
    };
    await run(check);
    await sampled(1);
    const until = performance.now() + 120;
    while (performance.now() < until);
    await sampled(histogram.count + 1);
    const outcome = await run(check);
    check[Symbol.dispose]?.();
    expect(outcome.status).toBe('degraded');
    expect(Number(outcome.observedValue)).toBeGreaterThan(60);
  });
});

describe('the process check', () => {
  test('is about the heap, and shows pid, age, memory and CPU of this process', async () => {
    expect(await run(processCheck())).toMatchObject({
      status: 'healthy',
      observedUnit: 'percent',
      metadata: {
        pid: process.pid,
        uptimeSeconds: expect.any(Number),
        rssBytes: expect.any(Number),
        cpuPercent: expect.any(Number),
      },
    });
  });

  test('is unknown when the figures make no percentage', async () => {
    const heap = () => ({ used_heap_size: 0, heap_size_limit: 0 });
    expect(await run(processCheck({ heap }))).toMatchObject({ status: 'unknown' });
  });

  test('is degraded when the heap is near its limit', async () => {
    const heap = () => ({ used_heap_size: 95, heap_size_limit: 100 });
    expect(await run(processCheck({ heap }))).toMatchObject({ status: 'degraded', observedValue: 95 });
    expect(await run(processCheck({ heap, thresholdPercent: 95 }))).toMatchObject({ status: 'healthy' });
  });
});
