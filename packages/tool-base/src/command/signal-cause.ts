import type { ResourceLimits } from '../launcher/program.ts';

/** Engines and allocators end themselves by these where they get no memory; so do programs with a defect. */
const OUT_OF_MEMORY: ReadonlySet<string> = new Set(['SIGABRT', 'SIGBUS', 'SIGILL', 'SIGSEGV', 'SIGTRAP']);

/** Which limit of the program explains the signal that ended it, as the rest of a sentence; empty where none does. */
export function signalCause(signal: string | null, limits: ResourceLimits): string {
  const { cpuSeconds, fileBytes, memoryBytes } = limits;
  if (signal === 'SIGXCPU' && cpuSeconds !== undefined) return `, at its limit of CPU time (${cpuSeconds} s)`;
  if (signal === 'SIGXFSZ' && fileBytes !== undefined)
    return `, at its limit of the size of a file (${mebibytes(fileBytes)})`;
  if (signal !== null && OUT_OF_MEMORY.has(signal) && memoryBytes !== undefined) {
    return `, as programs do at their limit of memory (${mebibytes(memoryBytes)})`;
  }
  return '';
}

function mebibytes(bytes: number): string {
  return `${Math.round((bytes / 2 ** 20) * 10) / 10} MiB`;
}
