import { freemem, totalmem } from 'node:os';
import { cgroupMemory } from './cgroup-limits.ts';
import { cgroupLocator, readKernelFile } from './cgroup-paths.ts';
import type { FileReader } from './cgroup-paths.ts';
import type { PercentReading, PercentSource } from './percent-source.ts';

function reading(usedBytes: number, limitBytes: number, source: string): PercentReading {
  return { percent: Math.min(100, (usedBytes / limitBytes) * 100), source, metadata: { usedBytes, limitBytes } };
}

/** Memory used of the tightest cgroup limit on this process; undefined where there is none. */
export function cgroupMemorySource(
  read: FileReader = readKernelFile,
  machineBytes: number = totalmem(),
): PercentSource {
  const locate = cgroupLocator(read);
  return {
    name: 'cgroup',
    async read() {
      const levels = await cgroupMemory(locate, read, machineBytes);
      const readings = levels.map(({ usedBytes, limitBytes, source }) => reading(usedBytes, limitBytes, source));
      // Of nested limits, the one closest to being reached.
      return readings.sort((a, b) => b.percent - a.percent)[0];
    },
  };
}

/** Used memory of the machine, by `node:os`. */
export function hostMemorySource(): PercentSource {
  return {
    name: 'node:os',
    read: async () => reading(totalmem() - freemem(), totalmem(), 'node:os'),
  };
}
