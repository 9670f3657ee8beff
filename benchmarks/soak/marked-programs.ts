import { readdirSync, readFileSync } from 'node:fs';

/** Programs of this run that are alive, wherever in the process tree they are: those with the mark as an argument. */
export function markedPrograms(mark: string): number {
  let found = 0;
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    try {
      if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(mark)) found++;
    } catch {
      // It has ended in between.
    }
  }
  return found;
}
