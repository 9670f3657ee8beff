import { readdirSync, readFileSync } from 'node:fs';

/** Milliseconds of processor time of a whole process: its JIT and garbage collector threads too. */
export function cpuMs(pid: number): number {
  let ns = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    try {
      ns += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]);
    } catch {
      // The thread has ended in between.
    }
  }
  return ns / 1e6;
}

/** The same of a process and of everything that it started and that still runs. */
export function cpuMsOfTree(pid: number): number {
  return cpuMs(pid) + cpuMsOfChildren(pid);
}

export function cpuMsOfChildren(pid: number): number {
  return childrenOf(pid).reduce((sum, child) => sum + cpuMsOfTree(child), 0);
}

/** In the order in which they were started. */
export function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}
