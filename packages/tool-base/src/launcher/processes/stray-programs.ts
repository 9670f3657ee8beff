/** Ends what left the process group of its program, in a process namespace of the helper's own (the level `full`). */

import { killProcess } from './orphan-programs.ts';
import { FIRST_PROCESS } from './own-processes.ts';
import { childrenOf, readProcess } from './process-table.ts';
import { wasGiven } from './program-traces.ts';

/** What a process forks while it is being killed is sought again. */
const MAX_ROUNDS = 3;

export interface LiveProgram {
  readonly pid: number | undefined;
  /** Its private folder. */
  readonly directory: string;
}

/**
 * Only for a process that `ownsProcesses`: without a live program, everything but the first process and this one is killed. While
 * programs are live, a process without a parent is taken for theirs if it is of their session or was given their folder.
 */
export function killStrays(live: readonly LiveProgram[]): void {
  if (live.length === 0) {
    killAll();
    return;
  }
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const strays = childrenOf(FIRST_PROCESS).filter((pid) => pid !== process.pid && !isOfOne(pid, live));
    if (strays.length === 0) return;
    for (const pid of strays) killWithChildren(pid);
  }
}

function isOfOne(pid: number, live: readonly LiveProgram[]): boolean {
  const session = readProcess(pid)?.session;
  return live.some((program) => session === program.pid || wasGiven(pid, program.directory));
}

function killWithChildren(pid: number): void {
  const children = childrenOf(pid);
  killProcess(pid);
  for (const child of children) killWithChildren(child);
}

/** To every process of the namespace at once, so none can fork meanwhile. */
function killAll(): void {
  if (process.ppid !== FIRST_PROCESS) return;
  try {
    process.kill(-1, 'SIGKILL');
  } catch {
    // There is none.
  }
}
