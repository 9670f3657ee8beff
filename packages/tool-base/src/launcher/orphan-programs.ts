/**
 * Ends programs that their helper no longer can. Nothing that the helper says identifies a process: a program may have taken
 * the helper over. The kernel's word does: who started a process, its first environment, and its working directory.
 */

import { readFileSync, readlinkSync } from 'node:fs';
import { signalGroup } from './process-group.ts';
import { readProcess, readProcessTable, type ProcessEntry } from './process-table.ts';

/** A process that forks faster than it is found is sought again this often. */
const MAX_ROUNDS = 5;

export interface ProgramTraces {
  /** The process that starts the programs, while it may still run; it is not ended here. */
  readonly starter: number | undefined;
  /** Leaders of program groups and their start times, as {@link readLeader} found them. */
  readonly leaders: ReadonlyMap<number, string>;
  /** The folder of the private folders, with a name that nothing else has: it is in the environment of every program. */
  readonly directory: string;
}

/** @returns the start time of a process that `starter` started as the leader of a group; `undefined` for every other */
export function readLeader(pid: number, starter: number | undefined): string | undefined {
  const entry = readProcess(pid);
  return entry !== undefined && entry.parent === starter && entry.group === pid ? entry.startTime : undefined;
}

/** Kills every program with its children, also those that left its process group. Linux only; elsewhere it does nothing. */
export function killOrphanPrograms(traces: ProgramTraces): void {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const table = readProcessTable();
    const ownGroups = new Set(
      [process.pid, traces.starter].map((pid) => (pid === undefined ? 0 : table.get(pid)?.group)),
    );
    const found = findPrograms(table, traces);
    for (const pid of found) {
      const group = table.get(pid)?.group;
      if (ownGroups.has(group) || !signalGroup(group, 'SIGKILL')) killProcess(pid);
    }
    if (found.size === 0) return;
  }
}

function findPrograms(table: ReadonlyMap<number, ProcessEntry>, traces: ProgramTraces): ReadonlySet<number> {
  const found = new Set<number>();
  const children = Map.groupBy(table.keys(), (pid) => table.get(pid)?.parent);
  const add = (pid: number): void => {
    if (found.has(pid) || (pid === process.pid && pid !== traces.starter)) return;
    if (pid !== traces.starter) found.add(pid);
    for (const child of children.get(pid) ?? []) add(child);
  };
  if (traces.starter !== undefined && table.has(traces.starter)) add(traces.starter);
  for (const [pid, entry] of table) {
    if (pid === traces.starter) continue;
    if (isOfLeader(pid, entry, table, traces.leaders) || carriesFolder(pid, traces.directory)) add(pid);
  }
  return found;
}

/** While a group exists its number is given to no new process, so a group without its leader is still the leader's. */
function isOfLeader(
  pid: number,
  { group, session }: ProcessEntry,
  table: ReadonlyMap<number, ProcessEntry>,
  leaders: ReadonlyMap<number, string>,
): boolean {
  const startTime = leaders.get(group);
  if (startTime === undefined || session !== group) return false;
  const leader = table.get(group);
  return leader === undefined ? pid !== group : leader.startTime === startTime;
}

/**
 * Whether a process was started with a folder, or one below it, in its environment, or works there. False as well for a process that
 * has ended or belongs to another user.
 */
export function carriesFolder(pid: number, folder: string): boolean {
  try {
    if (hasPath(readFileSync(`/proc/${pid}/environ`, 'latin1'), folder)) return true;
    return hasPath(readlinkSync(`/proc/${pid}/cwd`), folder);
  } catch {
    return false;
  }
}

function hasPath(text: string, folder: string): boolean {
  return text.includes(`${folder}/`) || `${text}\0`.includes(`${folder}\0`);
}

export function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
