import type { FileReader } from '../sources/cgroup-paths.ts';

/** Reads from a record of files, which a test may change between two reads. */
export function fakeFiles(files: Readonly<Record<string, string>>): FileReader {
  return async (path) => {
    const text = files[path];
    if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    return text;
  };
}

/** A container with cgroup version 2 and its own namespace: half a CPU, 512 MiB. */
export const containerV2: Readonly<Record<string, string>> = {
  '/proc/self/cgroup': '0::/\n',
  '/proc/self/mountinfo': '30 25 0:26 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw,nsdelegate\n',
  '/proc/self/status': 'Name:\tnode\nCpus_allowed_list:\t0-3\n',
  '/sys/fs/cgroup/cpu.max': '50000 100000\n',
  '/sys/fs/cgroup/cpu.stat': 'usage_usec 1000000\nuser_usec 600000\n',
  '/sys/fs/cgroup/memory.max': `${512 * 2 ** 20}\n`,
  '/sys/fs/cgroup/memory.current': `${300 * 2 ** 20}\n`,
  '/sys/fs/cgroup/memory.stat': `anon 1\ninactive_file ${44 * 2 ** 20}\n`,
};

/** A container with cgroup version 1 that sees the paths of its host: a quarter of a CPU, 1 GiB. */
export const containerV1: Readonly<Record<string, string>> = {
  '/proc/self/cgroup': '5:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n1:name=systemd:/docker/abc\n0::/\n',
  '/proc/self/mountinfo': [
    '31 30 0:27 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory',
    '32 30 0:28 /docker/abc /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct',
    '33 30 0:29 / /sys/fs/cgroup/unified ro - cgroup2 cgroup rw',
    '',
  ].join('\n'),
  '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us': '25000\n',
  '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us': '100000\n',
  '/sys/fs/cgroup/cpu,cpuacct/cpuacct.usage': '1000000000\n',
  '/sys/fs/cgroup/memory/memory.limit_in_bytes': `${2 ** 30}\n`,
  '/sys/fs/cgroup/memory/memory.usage_in_bytes': `${768 * 2 ** 20}\n`,
  '/sys/fs/cgroup/memory/memory.stat': `cache 9\ntotal_inactive_file ${256 * 2 ** 20}\n`,
};
