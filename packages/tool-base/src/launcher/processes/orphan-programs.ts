/** Ends programs that their helper no longer can. */

import { signalGroup } from './process-group.ts';
import { readProcess, readProcessTable, type ProcessEntry } from './process-table.ts';
import { findPrograms, type ProgramTraces } from './program-traces.ts';

/** A process that forks faster than it is found is sought again this often. */
const MAX_ROUNDS = 5;

/** Kills every program with its children, also those that left its process group. Linux only; elsewhere it does nothing. */
export function killOrphanPrograms(traces: ProgramTraces): void {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const table = readProcessTable();
    const found = findPrograms(table, traces);
    if (found.size === 0) return;
    // What is forked meanwhile gets the signal as well.
    for (const group of groupsOf(found, table)) signalGroup(group, 'SIGKILL');
    for (const pid of found) if (readProcess(pid)?.startTime === table.get(pid)?.startTime) killProcess(pid);
  }
}

/** The groups with no other process in them. */
function groupsOf(found: ReadonlySet<number>, table: ReadonlyMap<number, ProcessEntry>): ReadonlySet<number> {
  const groups = new Set([...found].map((pid) => table.get(pid)?.group ?? 0));
  for (const [pid, { group }] of table) if (!found.has(pid)) groups.delete(group);
  return groups;
}

/** One process, never a group or all. */
export function killProcess(pid: number): void {
  if (!Number.isSafeInteger(pid) || pid <= 1) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
