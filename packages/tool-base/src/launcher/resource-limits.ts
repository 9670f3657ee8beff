/** Kernel limits through util-linux' `prlimit`, which sets them on itself and then becomes the program. */

import { existsSync, readFileSync } from 'node:fs';
import type { ResourceLimits } from './program.ts';

const LOCATIONS = ['/usr/bin/prlimit', '/bin/prlimit'];

/** Option of prlimit, and the row of /proc/self/limits, for each limit. */
const OPTIONS: readonly (readonly [keyof ResourceLimits, string, string])[] = [
  ['cpuSeconds', 'cpu', 'Max cpu time'],
  ['memoryBytes', 'data', 'Max data size'],
  ['fileBytes', 'fsize', 'Max file size'],
  ['openFiles', 'nofile', 'Max open files'],
  ['processes', 'nproc', 'Max processes'],
];

/** Why a program with limits was not started: this machine cannot hold it to them. */
export const NO_LIMITS_CODE = 'NO_PRLIMIT';

let prlimit: string | undefined;
let hardLimits: ReadonlyMap<string, number> | undefined;

/** A missing one is looked for again: it may be installed while the server runs. */
function findPrlimit(): string | undefined {
  prlimit ??= LOCATIONS.find((path) => existsSync(path));
  return prlimit;
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

/** How this system can hold a program to limits: it does, it could if `prlimit` were installed, or it has nothing for it. */
export function limitSupport(): 'enforced' | 'missing' | 'unsupported' {
  if (process.platform !== 'linux') return 'unsupported';
  return findPrlimit() === undefined ? 'missing' : 'enforced';
}

/** What holds on this machine: no more than the hard limits of this process. */
export function effectiveLimits(limits: ResourceLimits): ResourceLimits {
  if (limitSupport() !== 'enforced') return {};
  const hard = readHardLimits();
  return Object.fromEntries(
    OPTIONS.flatMap(([key, , row]) => {
      const wanted = limits[key];
      return wanted === undefined ? [] : [[key, Math.min(wanted, hard.get(row) ?? wanted)]];
    }),
  );
}

/**
 * The file and arguments to start so that the limits hold; unchanged where there are none.
 * @throws {Error} with the code {@link NO_LIMITS_CODE} on Linux without prlimit: limits are not dropped in silence
 */
export function withResourceLimits(
  program: string,
  args: readonly string[],
  limits: ResourceLimits | undefined,
): readonly [file: string, args: readonly string[]] {
  const support = limitSupport();
  if (limits === undefined || support === 'unsupported' || !hasLimits(limits)) return [program, args];
  if (prlimit === undefined) throw Object.assign(new Error('prlimit is not installed'), { code: NO_LIMITS_CODE });
  return [prlimit, [...limitOptions(limits), program, ...args]];
}

/** What stands before a command that is held to limits with all that it starts; nothing where this machine cannot do that. */
export function limitedCommand(limits: ResourceLimits): readonly string[] {
  return limitSupport() === 'enforced' && prlimit !== undefined ? [prlimit, ...limitOptions(limits)] : [];
}

function limitOptions(limits: ResourceLimits): readonly string[] {
  const effective = effectiveLimits(limits);
  const options = OPTIONS.flatMap(([key, option, row]) => {
    const limit = effective[key];
    if (limit === undefined) return [];
    // A second before the kernel kills it the program gets SIGXCPU, which says why it ends.
    const hard = key === 'cpuSeconds' ? Math.min(limit + 1, readHardLimits().get(row) ?? Infinity) : limit;
    return [`--${option}=${limit}:${hard}`];
  });
  return ['--core=0', ...options, '--'];
}

export function hasLimits(limits: ResourceLimits): boolean {
  return OPTIONS.some(([key]) => limits[key] !== undefined);
}
