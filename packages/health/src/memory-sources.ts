import { freemem, totalmem } from 'node:os';
import { cgroupMemory } from './cgroup-limits.ts';
import { cgroupFinder, readKernelFile } from './cgroup-paths.ts';
import type { FileReader } from './cgroup-paths.ts';
import type { PercentReading, PercentSource } from './percent-source.ts';

function reading(usedBytes: number, limitBytes: number, source: string): PercentReading {
  return { percent: Math.min(100, (usedBytes / limitBytes) * 100), source, metadata: { usedBytes, limitBytes } };
}

/** Memory used against the tightest limit over this process; silent where there is none. */
export function cgroupMemorySource(
  read: FileReader = readKernelFile,
  machineBytes: number = totalmem(),
): PercentSource {
  const find = cgroupFinder(read);
  return {
    name: 'cgroup',
    async read() {
      const levels = await cgroupMemory(find, read, machineBytes);
      const readings = levels.map(({ usedBytes, limitBytes, source }) => reading(usedBytes, limitBytes, source));
      // Of several limits one above the other, the one that is closest to being reached.
      return readings.sort((a, b) => b.percent - a.percent)[0];
    },
  };
}

/** Memory of the whole machine that is not available to new programs, by `node:os`. */
export function hostMemorySource(): PercentSource {
  return {
    name: 'node:os',
    read: async () => reading(totalmem() - freemem(), totalmem(), 'node:os'),
  };
}
