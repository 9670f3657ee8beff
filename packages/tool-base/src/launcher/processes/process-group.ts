/** Signals to a whole process group, and whether anything in it still runs. */

import { processIds, readProcess } from './process-table.ts';

/**
 * A group number of 1 or less would reach far more than one group, so it never gets to the kernel.
 * @returns false when no process of the group is left
 */
export function signalGroup(pid: number | undefined, signal: NodeJS.Signals | 0): boolean {
  if (pid === undefined || !Number.isSafeInteger(pid) || pid <= 1) return false;
  try {
    process.kill(-pid, signal);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/**
 * Whether a process of the group still runs. Dead ones that nobody has reaped do not count: in a container whose first process
 * reaps no orphans they stay for ever.
 */
export function isGroupAlive(pid: number | undefined): boolean {
  if (!signalGroup(pid, 0)) return false;
  if (process.platform !== 'linux') return true;
  return processIds().some((id) => {
    const entry = readProcess(id);
    return entry?.group === pid && !entry?.ended;
  });
}
