import { cpus } from 'node:os';
import type { CpuInfo } from 'node:os';
import { cgroupCpu } from './cgroup-limits.ts';
import { cgroupLocator, readKernelFile } from './cgroup-paths.ts';
import type { FileReader } from './cgroup-paths.ts';
import { systemClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { cpuLoadSource } from './cpu-load.ts';
import type { PercentSource } from './percent-source.ts';

/** The CPUs this process may run on (cpuset, affinity), as indices of `os.cpus()`. Undefined where unknown. */
async function allowedCpus(read: FileReader): Promise<ReadonlySet<number> | undefined> {
  try {
    const list = /^Cpus_allowed_list:\s*([\d,-]+)$/m.exec(await read('/proc/self/status'))?.[1] ?? '';
    const allowed = list.split(',').flatMap((range) => {
      const [first = Number.NaN, last = first] = range.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_unused, offset) => first + offset);
    });
    return new Set(allowed);
  } catch {
    return undefined;
  }
}

async function usableCpus(read: FileReader, readCpus: () => CpuInfo[]): Promise<CpuInfo[]> {
  const [all, allowed] = [readCpus(), await allowedCpus(read)];
  const usable = all.filter((_cpu, index) => allowed?.has(index));
  return usable.length === 0 ? all : usable;
}

export interface CpuSourceOptions {
  /** @default the file system */
  readonly read?: FileReader | undefined;
  /** @default os.cpus */
  readonly cpus?: (() => CpuInfo[]) | undefined;
  readonly clock?: Clock | undefined;
}

/** CPU time used of the tightest quota on this process (cgroup v1 or v2); undefined where no quota is below its CPUs. */
export function cgroupCpuSource(options: CpuSourceOptions = {}): PercentSource {
  const { read = readKernelFile, cpus: readCpus = cpus, clock = systemClock } = options;
  const locate = cgroupLocator(read);
  return cpuLoadSource('cgroup', clock, async () => {
    const levels = await cgroupCpu(locate, read);
    const now = clock.monotonicMs();
    // Without a quota, as on most machines, the CPUs need not be counted.
    const machineCpus = levels.length === 0 ? 0 : (await usableCpus(read, readCpus)).length;
    const tight = levels.filter(({ limitCpus }) => limitCpus < machineCpus);
    return tight.map(({ source, directory, limitCpus, usedMs }) => {
      return { key: `${directory} ${limitCpus}`, source, busyMs: usedMs, capacityMs: now * limitCpus, limitCpus };
    });
  });
}

/** Load of the CPUs this process may run on, by `os.cpus()`. */
export function hostCpuSource(options: CpuSourceOptions = {}): PercentSource {
  const { read = readKernelFile, cpus: readCpus = cpus, clock = systemClock } = options;
  return cpuLoadSource('node:os', clock, async () => {
    const usable = await usableCpus(read, readCpus);
    let busyMs = 0;
    let capacityMs = 0;
    for (const { times } of usable) {
      const busy = times.user + times.nice + times.sys + times.irq;
      busyMs += busy;
      capacityMs += busy + times.idle;
    }
    const limitCpus = usable.length;
    return limitCpus === 0 ? [] : [{ key: String(limitCpus), source: 'node:os', busyMs, capacityMs, limitCpus }];
  });
}
