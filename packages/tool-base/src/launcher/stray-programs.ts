/** Ends what left the process group of its program, in a process namespace of the helper's own (the level `full`). */

import { carriesFolder, killProcess } from './orphan-programs.ts';
import { childrenOf, readProcess } from './process-table.ts';

/** What a process forks while it is being killed is sought again. */
const MAX_ROUNDS = 3;
/** The kernel makes it the parent of every process whose own has ended. */
const FIRST_PROCESS = 1;

export interface LiveProgram {
  readonly pid: number | undefined;
  /** Its private folder. */
  readonly directory: string;
}

/**
 * Never to be called where other processes can be seen: without a live program, everything but the first process and this one is
 * killed. While programs are live, a process without a parent is taken for theirs if it is of their session or was given their folder.
 */
export function killStrays(live: readonly LiveProgram[]): void {
  if (live.length === 0) {
    // To every process of the namespace at once, so none can fork meanwhile.
    killProcess(-1);
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
  return live.some((program) => session === program.pid || carriesFolder(pid, program.directory));
}

function killWithChildren(pid: number): void {
  const children = childrenOf(pid);
  killProcess(pid);
  for (const child of children) killWithChildren(child);
}
