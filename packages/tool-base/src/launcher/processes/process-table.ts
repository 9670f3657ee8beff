/** What the kernel says about the processes of this machine. Linux only; elsewhere the table is empty. */

import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessEntry {
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Clock ticks since boot; together with the process id it is used once. */
  readonly startTime: string;
  /** `R` runs or waits for a processor, `S` sleeps, `D` the kernel works for it, `T` is stopped, `Z` and `X` have ended. */
  readonly state: string;
  readonly cpuMs: number;
  /** Dead, also when nobody has reaped it. */
  readonly ended: boolean;
}

/** The kernel reports times in hundredths of a second, whatever it counts in. */
const TICK_MS = 10;

export function processIds(): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc').flatMap((name) => (/^[0-9]+$/.test(name) ? [Number(name)] : []));
}

/** From `/proc/PID/stat`; the program's name in it may hold spaces and parentheses. */
export function readProcess(pid: number): ProcessEntry | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ', 20);
    const [state = '', parent, group, session] = fields;
    return {
      parent: Number(parent),
      group: Number(group),
      session: Number(session),
      startTime: fields[19] ?? '',
      state,
      cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS,
      ended: state === 'Z' || state === 'X',
    };
  } catch {
    return undefined;
  }
}

/** All processes that have not ended. */
export function readProcessTable(): ReadonlyMap<number, ProcessEntry> {
  const table = new Map<number, ProcessEntry>();
  for (const pid of processIds()) {
    const entry = readProcess(pid);
    if (entry?.ended === false) table.set(pid, entry);
  }
  return table;
}

/** The process itself, or the first child of its first child and so on: behind the programs that make a sandbox, the helper. */
export function innermostProcess(pid: number | undefined): number | undefined {
  if (pid === undefined) return undefined;
  return innermostProcess(childrenOf(pid)[0]) ?? pid;
}

/** Empty for a process that has ended, and on a kernel that keeps no such list. */
export function childrenOf(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
