/** Signals to a whole process group, and whether anything in it still runs. */

import { readdirSync, readFileSync } from 'node:fs';

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
  for (const name of readdirSync('/proc')) {
    const first = name.charCodeAt(0);
    if (first < 48 || first > 57) continue;
    const stat = readStat(name);
    if (stat?.group === pid && stat?.state !== 'Z' && stat?.state !== 'X') return true;
  }
  return false;
}

/** State and group from `/proc/PID/stat`; the program's name in it may hold spaces and parentheses. */
function readStat(pid: string): { readonly state: string; readonly group: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state = '', , group] = text.slice(text.lastIndexOf(')') + 2).split(' ', 3);
    return { state, group: Number(group) };
  } catch {
    return undefined;
  }
}
