import { killProcess } from './orphan-programs.ts';
import { childrenOf, readProcess, type ProcessEntry } from './process-table.ts';

/** Processes of a program that left its group, with their start times, as ids are used again. */
export type LeftProcesses = ReadonlyMap<number, string>;

/**
 * What is below a running program and not in its group. Once the program has ended, nothing says any more who started them.
 */
export function leftProcesses(leader: number | undefined): LeftProcesses {
  const below = leader === undefined ? [] : descendantsOf(leader);
  return new Map(below.filter(([, { group }]) => group !== leader).map(([pid, { startTime }]) => [pid, startTime]));
}

function descendantsOf(pid: number): readonly (readonly [pid: number, entry: ProcessEntry])[] {
  return childrenOf(pid).flatMap((child) => {
    const entry = readProcess(child);
    return entry === undefined ? [] : [[child, entry] as const, ...descendantsOf(child)];
  });
}

/** With what they have started meanwhile. */
export function killLeft(processes: LeftProcesses): void {
  for (const [pid, startTime] of processes) {
    if (readProcess(pid)?.startTime !== startTime) continue;
    const more = descendantsOf(pid);
    killProcess(pid);
    killLeft(new Map(more.map(([child, entry]) => [child, entry.startTime])));
  }
}
