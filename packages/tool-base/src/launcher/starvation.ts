import type { Clock } from '../clock.ts';
import { readProcess, type ProcessEntry } from './processes/process-table.ts';

/**
 * Whether a process that does not answer had a chance to: on a machine under load it may wait for a processor, or the kernel
 * works for it. A stopped, blocked or looping process had its chance.
 * @returns a function that says it for the time since its last call
 */
export function watchStarvation(pid: number | undefined, clock: Pick<Clock, 'monotonicMs'>): () => boolean {
  let last = { entry: pid === undefined ? undefined : readProcess(pid), atMs: clock.monotonicMs() };
  return () => {
    const before = last;
    last = { entry: pid === undefined ? undefined : readProcess(pid), atMs: clock.monotonicMs() };
    return couldRun(last.entry, before.entry, last.atMs - before.atMs);
  };
}

/** A runnable process that got less than this share of the time was starved by the machine; one that got more ran, and did not answer. */
const STARVED_SHARE = 0.5;

function couldRun(entry: ProcessEntry | undefined, before: ProcessEntry | undefined, elapsedMs: number): boolean {
  if (entry === undefined || before === undefined) return true;
  if (entry.state === 'D') return false;
  return entry.state !== 'R' || entry.cpuMs - before.cpuMs >= elapsedMs * STARVED_SHARE;
}
