import { describe, expect, test } from 'vitest';
import { cgroupCpu, cgroupMemory } from './cgroup-limits.ts';
import type { CgroupCpu, CgroupMemory } from './cgroup-limits.ts';
import { cgroupLocator } from './cgroup-paths.ts';
import { containerV1, containerV2, fakeFiles } from '../test-support/fake-files.ts';

const MACHINE_BYTES = 64 * 2 ** 30;
const MIB = 2 ** 20;

function memoryOf(files: Readonly<Record<string, string>>, machineBytes: number): Promise<CgroupMemory[]> {
  const read = fakeFiles(files);
  return cgroupMemory(cgroupLocator(read), read, machineBytes);
}

function cpuOf(files: Readonly<Record<string, string>>): Promise<CgroupCpu[]> {
  const read = fakeFiles(files);
  return cgroupCpu(cgroupLocator(read), read);
}

describe('cgroup version 2', () => {
  test('returns the memory limit, and the use without reclaimable page cache', async () => {
    expect(await memoryOf(containerV2, MACHINE_BYTES)).toEqual([
      { source: 'cgroup-v2', limitBytes: 512 * MIB, usedBytes: 256 * MIB },
    ]);
  });

  test('returns the CPU quota and the time used', async () => {
    expect(await cpuOf(containerV2)).toEqual([
      { source: 'cgroup-v2', directory: '/sys/fs/cgroup', limitCpus: 0.5, usedMs: 1000 },
    ]);
  });

  test('"max" means no limit', async () => {
    const free = { ...containerV2, '/sys/fs/cgroup/memory.max': 'max\n', '/sys/fs/cgroup/cpu.max': 'max 100000\n' };
    expect(await memoryOf(free, MACHINE_BYTES)).toEqual([]);
    expect(await cpuOf(free)).toEqual([]);
  });

  test('respects the limit of a parent, as systemd sets it on a slice', async () => {
    const files = {
      '/proc/self/cgroup': '0::/system.slice/mcp.service\n',
      '/proc/self/mountinfo': '30 25 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n',
      '/sys/fs/cgroup/system.slice/mcp.service/memory.max': 'max\n',
      '/sys/fs/cgroup/system.slice/memory.max': `${100 * MIB}\n`,
      '/sys/fs/cgroup/system.slice/memory.current': `${90 * MIB}\n`,
      '/sys/fs/cgroup/system.slice/mcp.service/cpu.max': '200000 100000\n',
      '/sys/fs/cgroup/system.slice/mcp.service/cpu.stat': 'usage_usec 5000\n',
      '/sys/fs/cgroup/system.slice/cpu.max': '100000 100000\n',
      '/sys/fs/cgroup/system.slice/cpu.stat': 'usage_usec 7000\n',
    };
    expect(await memoryOf(files, MACHINE_BYTES)).toEqual([
      { source: 'cgroup-v2', limitBytes: 100 * MIB, usedBytes: 90 * MIB },
    ]);
    expect((await cpuOf(files)).map(({ limitCpus }) => limitCpus)).toEqual([2, 1]);
  });
});

describe('cgroup version 1', () => {
  test('returns the memory limit, and the use without reclaimable page cache', async () => {
    expect(await memoryOf(containerV1, MACHINE_BYTES)).toEqual([
      { source: 'cgroup-v1', limitBytes: 1024 * MIB, usedBytes: 512 * MIB },
    ]);
  });

  test('returns the CPU quota and the time used', async () => {
    expect(await cpuOf(containerV1)).toEqual([
      { source: 'cgroup-v1', directory: '/sys/fs/cgroup/cpu,cpuacct', limitCpus: 0.25, usedMs: 1000 },
    ]);
  });

  test('reads usage from the mount of cpuacct where that is another one', async () => {
    const files = {
      '/proc/self/cgroup': '2:cpuacct:/a\n1:cpu:/a\n0::/\n',
      '/proc/self/mountinfo':
        '32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n33 31 0:30 / /sys/fs/cgroup/cpuacct rw - cgroup cgroup rw,cpuacct\n',
      '/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us': '100000\n',
      '/sys/fs/cgroup/cpu/a/cpu.cfs_period_us': '100000\n',
      '/sys/fs/cgroup/cpuacct/a/cpuacct.usage': '2000000\n',
    };
    expect(await cpuOf(files)).toMatchObject([{ limitCpus: 1, usedMs: 2 }]);
  });

  test('takes a quota of -1 and a memory limit near 2^63 for none', async () => {
    const free = {
      ...containerV1,
      '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us': '-1\n',
      '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
    };
    expect(await memoryOf(free, MACHINE_BYTES)).toEqual([]);
    expect(await cpuOf(free)).toEqual([]);
  });
});

describe('what cannot be read', () => {
  test.each([
    ['no /proc at all', {}],
    [
      'a path outside of what is mounted',
      { ...containerV2, '/proc/self/cgroup': '0::/../../elsewhere\n', '/sys/fs/cgroup/memory.max': 'max' },
    ],
    [
      'files with invalid content',
      { ...containerV2, '/sys/fs/cgroup/memory.max': '-12 apples', '/sys/fs/cgroup/cpu.max': 'x y' },
    ],
    [
      'a limit without a figure of use',
      { ...containerV2, '/sys/fs/cgroup/memory.current': 'n/a', '/sys/fs/cgroup/cpu.stat': '' },
    ],
    ['an invalid mount list', { ...containerV2, '/proc/self/mountinfo': '\n - \nx' }],
  ])('is the same as no limit: %s', async (_what, files) => {
    expect(await memoryOf(files, MACHINE_BYTES)).toEqual([]);
  });

  test('leaves out a CPU quota whose use or period cannot be read', async () => {
    for (const files of [{ 'cpu.stat': '' }, { 'cpu.max': 'x y' }, { 'cpu.max': '1000' }]) {
      const broken = Object.fromEntries(Object.entries(files).map(([name, text]) => [`/sys/fs/cgroup/${name}`, text]));
      expect(await cpuOf({ ...containerV2, ...broken })).toEqual([]);
    }
  });

  test('ignores a memory limit that is not tighter than the machine', async () => {
    expect(await memoryOf(containerV2, 256 * MIB)).toEqual([]);
  });

  test('follows the process into another cgroup', async () => {
    const files = {
      '/proc/self/cgroup': '0::/a\n',
      '/proc/self/mountinfo': '30 25 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n',
      '/sys/fs/cgroup/b/memory.max': `${MIB}\n`,
      '/sys/fs/cgroup/b/memory.current': '1\n',
    };
    const read = fakeFiles(files);
    const find = cgroupLocator(read);
    expect(await cgroupMemory(find, read, MACHINE_BYTES)).toEqual([]);
    files['/proc/self/cgroup'] = '0::/b\n';
    expect(await cgroupMemory(find, read, MACHINE_BYTES)).toHaveLength(1);
  });

  test('reads a mount point with a space in it', async () => {
    const files = {
      '/proc/self/cgroup': '0::/\n',
      '/proc/self/mountinfo': '30 25 0:26 / /my\\040cgroup rw - cgroup2 cgroup2 rw\n',
      '/my cgroup/memory.max': `${MIB}\n`,
      '/my cgroup/memory.current': '1\n',
    };
    expect(await memoryOf(files, MACHINE_BYTES)).toHaveLength(1);
  });
});
