import type { CgroupLocator, FileReader } from './cgroup-paths.ts';

export type CgroupVersion = 'cgroup-v1' | 'cgroup-v2';

export interface CgroupMemory {
  readonly source: CgroupVersion;
  readonly limitBytes: number;
  /** Without page cache that the kernel can reclaim at once, as container tools count it. */
  readonly usedBytes: number;
}

export interface CgroupCpu {
  readonly source: CgroupVersion;
  /** Where the quota is set; identifies the level when two samples are compared. */
  readonly directory: string;
  /** The quota in CPUs, such as 0.5. */
  readonly limitCpus: number;
  /** CPU time used so far, milliseconds. */
  readonly usedMs: number;
}

async function numberIn(read: FileReader, path: string): Promise<number | undefined> {
  try {
    const text = (await read(path)).trim();
    return /^-?\d+$/.test(text) ? Number(text) : undefined;
  } catch {
    return undefined;
  }
}

/** The value of `key` in a file of `key value` lines. */
async function fieldIn(read: FileReader, path: string, key: string): Promise<number | undefined> {
  try {
    const value = new RegExp(`^${key} (\\d+)$`, 'm').exec(await read(path))?.[1];
    return value === undefined ? undefined : Number(value);
  } catch {
    return undefined;
  }
}

const MEMORY_FILES = {
  'cgroup-v1': { limit: 'memory.limit_in_bytes', used: 'memory.usage_in_bytes', cache: 'total_inactive_file' },
  'cgroup-v2': { limit: 'memory.max', used: 'memory.current', cache: 'inactive_file' },
} as const;

/** The memory limits on this process below the machine's memory, own level first. Empty if there are none. */
export async function cgroupMemory(
  locate: CgroupLocator,
  read: FileReader,
  machineBytes: number,
): Promise<CgroupMemory[]> {
  const location = await locate('memory');
  if (!location) return [];
  const { version } = location;
  const files = MEMORY_FILES[version];
  const levels = await Promise.all(
    location.directories.map(async (directory): Promise<CgroupMemory | undefined> => {
      // No limit is `max` in version 2 and a number near 2^63 in version 1.
      const limitBytes = await numberIn(read, `${directory}/${files.limit}`);
      if (limitBytes === undefined || limitBytes <= 0 || limitBytes >= machineBytes) return undefined;
      const used = await numberIn(read, `${directory}/${files.used}`);
      if (used === undefined) return undefined;
      const cache = (await fieldIn(read, `${directory}/memory.stat`, files.cache)) ?? 0;
      return { source: version, limitBytes, usedBytes: Math.max(0, used - cache) };
    }),
  );
  return levels.filter((level) => level !== undefined);
}

/** The CPU quotas on this process, own level first. Empty if there are none. */
export async function cgroupCpu(locate: CgroupLocator, read: FileReader): Promise<CgroupCpu[]> {
  const location = await locate('cpu');
  if (!location) return [];
  const { version } = location;
  const accounting = version === 'cgroup-v1' ? await locate('cpuacct') : undefined;
  const levels = await Promise.all(
    location.directories.map(async (directory, level): Promise<CgroupCpu | undefined> => {
      const limitCpus = version === 'cgroup-v2' ? await quotaV2(read, directory) : await quotaV1(read, directory);
      if (limitCpus === undefined) return undefined;
      const usedMs =
        version === 'cgroup-v2'
          ? scale(await fieldIn(read, `${directory}/cpu.stat`, 'usage_usec'), 1e-3)
          : scale(await numberIn(read, `${accounting?.directories[level] ?? directory}/cpuacct.usage`), 1e-6);
      return usedMs === undefined ? undefined : { source: version, directory, limitCpus, usedMs };
    }),
  );
  return levels.filter((level) => level !== undefined);
}

function scale(value: number | undefined, factor: number): number | undefined {
  return value === undefined ? undefined : value * factor;
}

function ratio(quota: number | undefined, period: number | undefined): number | undefined {
  return quota !== undefined && period !== undefined && quota > 0 && period > 0 ? quota / period : undefined;
}

/** `cpu.max` is `quota period` or `max period`, microseconds. */
async function quotaV2(read: FileReader, directory: string): Promise<number | undefined> {
  try {
    const [quota, period] = (await read(`${directory}/cpu.max`)).trim().split(/\s+/).map(Number);
    return ratio(quota, period);
  } catch {
    return undefined;
  }
}

/** A quota of -1 means none. */
async function quotaV1(read: FileReader, directory: string): Promise<number | undefined> {
  const quota = await numberIn(read, `${directory}/cpu.cfs_quota_us`);
  return quota === undefined || quota <= 0
    ? undefined
    : ratio(quota, await numberIn(read, `${directory}/cpu.cfs_period_us`));
}
