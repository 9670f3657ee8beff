import { describe, expect, test } from 'vitest';
import type { CheckDefinition, CheckOutcome } from '../check-definition.ts';
import { cgroupMemorySource, hostMemorySource } from '../sources/memory-sources.ts';
import type { PercentSource } from '../sources/percent-source.ts';
import { containerV1, containerV2, fakeFiles } from '../test-support/fake-files.ts';
import { createMonitor } from '../test-support/monitor-fixture.ts';
import { cpuCheck } from './cpu.ts';
import { memoryCheck } from './memory.ts';

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

  test('skips sources that fail or return invalid values, and names the one it used', async () => {
    const invalid = [Number.NaN, -1, 101, Infinity].map((value) => source('invalid', () => value));
    const sources = [broken, ...invalid, source('good', () => 12)];
    expect(await run(create({ sources }))).toMatchObject({ status: 'healthy', observedValue: 12, source: 'good' });
  });

  test('is unknown when no source can measure', async () => {
    expect(await run(create({ sources: [broken] }))).toMatchObject({ status: 'unknown' });
  });

  test('rejects a threshold that is not a percentage', () => {
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
  ])('is relative to the limit (%s), not to the memory of the host', async (version, files, percent, limitBytes) => {
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
  test('is degraded after three consecutive busy runs by default', () => {
    expect(cpuCheck().failureThreshold).toBe(3);
    expect(cpuCheck({ failureThreshold: 1 }).failureThreshold).toBe(1);
  });
});

describe('the cpu check after a start', () => {
  const startUp: PercentSource = { name: 's', read: async () => ({ percent: 97, provisional: true }) };

  test('a busy first measurement is shown but not degraded', async () => {
    expect(await run(cpuCheck({ sources: [startUp] }))).toMatchObject({
      status: 'healthy',
      observedValue: 97,
      message: 'CPU use 97 %, over 80 % in the first 100 ms; not counted',
    });
  });

  test('a monitor that starts on a busy machine is degraded only after three full periods', async () => {
    const readings = [{ percent: 97, provisional: true }, { percent: 97 }, { percent: 97 }, { percent: 97 }];
    const source: PercentSource = { name: 's', read: async () => readings.shift() };
    const { clock, monitor } = createMonitor({
      checks: [cpuCheck({ sources: [source], periodMs: 1000, timeoutMs: 10 })],
    });
    monitor.start();
    const statuses: string[] = [];
    for (const elapsedMs of [0, 1000, 1000, 1000]) {
      await clock.advanceAsync(elapsedMs);
      statuses.push(monitor.report().status);
    }
    expect(statuses).toEqual(['healthy', 'healthy', 'healthy', 'degraded']);
  });
});
