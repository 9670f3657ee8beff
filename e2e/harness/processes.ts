import { readFileSync } from 'node:fs';

/** Process ids of the children of a process; of its workers, where it is a primary: it starts nothing else. */
export function childrenOf(pid: number): number[] {
  if (pid <= 1) throw new RangeError('These are not processes of a test.');
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

/** Process ids of the launcher processes of a server: not of that which cleans up when it has ended. */
export function launchersOf(pid: number): number[] {
  return childrenOf(pid).filter((child) => readFileSync(`/proc/${child}/cmdline`, 'latin1').includes('helper-main'));
}

/** Process ids of everything below a process. */
export function descendantsOf(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}

/** Whether a process runs; one that has ended and whose parent has not asked for its exit code does not. */
export function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z /su.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
