import { killProcess } from './orphan-programs.ts';
import { childrenOf, readProcess } from './process-table.ts';

/** Processes of a program that left its group, with their start times, as ids are used again. */
export type LeftProcesses = ReadonlyMap<number, string>;

/**
 * What is below a running program and not in its group. Once the program has ended, nothing says any more who started them.
 */
export function leftProcesses(leader: number | undefined): LeftProcesses {
  const found = new Map<number, string>();
  const add = (pid: number): void => {
    for (const child of childrenOf(pid)) {
      const entry = readProcess(child);
      if (entry === undefined) continue;
      if (entry.group !== leader) found.set(child, entry.startTime);
      add(child);
    }
  };
  if (leader !== undefined) add(leader);
  return found;
}

/** With what they have started meanwhile. */
export function killLeft(processes: LeftProcesses): void {
  for (const [pid, startTime] of processes) {
    if (readProcess(pid)?.startTime !== startTime) continue;
    const more = leftProcesses(pid);
    killProcess(pid);
    killLeft(more);
  }
}
