import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../clock.ts';

const MIN_POLL_MS = 5;
const MAX_POLL_MS = 50;
/** After this time only a process that the kernel cannot end is left. */
const AFTER_KILL_MS = 200;

const trackedGroups = new Set<number>();

function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-leader, signal);
  } catch {
    return false;
  }
}

/** `process.exit()` runs no finally block, so the remaining groups are ended on its event. */
function killTrackedGroups(): void {
  for (const leader of trackedGroups) signalGroup(leader, 'SIGKILL');
}

/** Until `untrackGroup` this process ends the group when it exits. */
export function trackGroup(leader: number): void {
  if (trackedGroups.size === 0) process.once('exit', killTrackedGroups);
  trackedGroups.add(leader);
}

export function untrackGroup(leader: number): void {
  trackedGroups.delete(leader);
  if (trackedGroups.size === 0) process.off('exit', killTrackedGroups);
}

/** State and process group are the third and fifth field of /proc/PID/stat; the second, a name, may contain anything. */
async function isRunningIn(leader: number, pid: string): Promise<boolean> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
    const [state = '', , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(group) === leader && !'ZX'.includes(state);
  } catch {
    return false;
  }
}

/** Whether a process of the group still runs. A zombie, which has ended and waits to be reaped, does not count. */
async function isAlive(leader: number): Promise<boolean> {
  if (!signalGroup(leader, 0)) return false;
  let pids: string[];
  try {
    pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  } catch {
    return true;
  }
  if (pids.length === 0) return true;
  return (await Promise.all(pids.map((pid) => isRunningIn(leader, pid)))).includes(true);
}

async function endsWithin(leader: number, ms: number): Promise<boolean> {
  const deadlineMs = systemClock.monotonicMs() + ms;
  for (let pollMs = MIN_POLL_MS; await isAlive(leader); pollMs = Math.min(pollMs * 2, MAX_POLL_MS)) {
    const leftMs = deadlineMs - systemClock.monotonicMs();
    if (leftMs <= 0) return false;
    await sleep(Math.min(pollMs, leftMs));
  }
  return true;
}

/** SIGTERM to every process of the group, SIGKILL to those still running after the grace period. */
export async function endGroup(leader: number, killGraceMs: number): Promise<void> {
  if (!signalGroup(leader, 'SIGTERM')) return;
  if (await endsWithin(leader, killGraceMs)) return;
  signalGroup(leader, 'SIGKILL');
  await endsWithin(leader, AFTER_KILL_MS);
}
