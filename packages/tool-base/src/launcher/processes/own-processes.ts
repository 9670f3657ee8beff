import { readlinkSync } from 'node:fs';

/** The kernel makes it the parent of every process whose own has ended. */
export const FIRST_PROCESS = 1;

/**
 * Whether this process, before it has started any other, is alone in a process namespace that was made for it: what it sees from then
 * on is what it started. The kernel's word for that is asked for, as a list of processes may be incomplete.
 *
 * @param others the process namespace of another process, as the link below /proc/self/ns names it
 */
export function ownsProcesses(others: string): boolean {
  try {
    const isElsewhere = readlinkSync('/proc/self/ns/pid') !== others;
    const isOwnProc = readlinkSync('/proc/self') === String(process.pid);
    // A process that was brought into somebody else's namespace has no parent there.
    return isElsewhere && isOwnProc && process.ppid === FIRST_PROCESS && isAlone();
  } catch {
    return false;
  }
}

/** A signal to all reaches every process of the namespace but the first one and this one; number 0 only asks whether there are any. */
function isAlone(): boolean {
  try {
    process.kill(-1, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
