/** Kernel limits through util-linux' `prlimit`, which sets them on itself and then becomes the program. */

import { existsSync, readFileSync } from 'node:fs';
import type { ResourceLimits } from './program.ts';

const LOCATIONS = ['/usr/bin/prlimit', '/bin/prlimit'];

/** Option of prlimit, and the row of /proc/self/limits, for each limit. */
const OPTIONS: readonly (readonly [keyof ResourceLimits, string, string])[] = [
  ['cpuSeconds', 'cpu', 'Max cpu time'],
  ['memoryBytes', 'as', 'Max address space'],
  ['fileBytes', 'fsize', 'Max file size'],
  ['openFiles', 'nofile', 'Max open files'],
  ['processes', 'nproc', 'Max processes'],
];

let prlimit: string | undefined;
let hardLimits: ReadonlyMap<string, number> | undefined;

function findPrlimit(): string | undefined {
  prlimit ??= LOCATIONS.find((path) => existsSync(path)) ?? '';
  return prlimit === '' ? undefined : prlimit;
}

/** Asking for more than the hard limit would make prlimit fail instead of the program run. */
function readHardLimits(): ReadonlyMap<string, number> {
  if (hardLimits !== undefined) return hardLimits;
  const limits = new Map<string, number>();
  for (const line of readFileSync('/proc/self/limits', 'latin1').split('\n')) {
    const row = /^(Max [a-z ]+?) {2,}\S+ +(\d+)/.exec(line);
    if (row?.[1] !== undefined) limits.set(row[1], Number(row[2]));
  }
  hardLimits = limits;
  return limits;
}

/** Whether this machine can hold a program to {@link ResourceLimits}. @internal */
export function canLimitResources(): boolean {
  return process.platform === 'linux' && findPrlimit() !== undefined;
}

/** The file and arguments to start so that the limits hold; unchanged where there are none, or no prlimit. */
export function withResourceLimits(
  program: string,
  args: readonly string[],
  limits: ResourceLimits | undefined,
): readonly [file: string, args: readonly string[]] {
  const wrapper = findPrlimit();
  if (limits === undefined || wrapper === undefined || process.platform !== 'linux') return [program, args];
  const hard = readHardLimits();
  const options = OPTIONS.flatMap(([key, option, row]) => {
    const wanted = limits[key];
    return wanted === undefined ? [] : [`--${option}=${Math.min(wanted, hard.get(row) ?? wanted)}`];
  });
  return [wrapper, ['--core=0', ...options, '--', program, ...args]];
}
