/** Signals to a whole process group, and whether anything in it still runs. */

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

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
  for (const name of processIds()) {
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

/**
 * Kills the process group of every process that works in a folder below `directory`: how programs are found whose process id was
 * never reported. Linux only; elsewhere it does nothing.
 */
export function killGroupsIn(directory: string): void {
  if (process.platform !== 'linux') return;
  for (const name of processIds()) {
    if (workingDirectory(name)?.startsWith(`${directory}/`)) signalGroup(readStat(name)?.group, 'SIGKILL');
  }
}

function processIds(): string[] {
  return readdirSync('/proc').filter((name) => /^[0-9]/.test(name));
}

/** `undefined` for a process that has ended or belongs to another user. */
function workingDirectory(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}
