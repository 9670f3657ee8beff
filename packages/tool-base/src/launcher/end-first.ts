import { readFileSync, writeFileSync } from 'node:fs';

/** Of 1000: more than any share of the memory that the server itself would have. */
const MORE_THAN_SERVER = 500;
const MOST = 1000;

/**
 * Where memory runs out, also memory that no limit of a process counts, the kernel ends what this process starts before the
 * server. Linux only; elsewhere, and for a process that has ended, it does nothing.
 */
export function endFirst(pid: number | undefined): void {
  try {
    const own = Number(readFileSync('/proc/self/oom_score_adj', 'latin1'));
    writeFileSync(`/proc/${pid}/oom_score_adj`, String(Math.min(MOST, own + MORE_THAN_SERVER)));
  } catch {
    // It has ended, or this is no Linux.
  }
}
