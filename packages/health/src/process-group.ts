import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_POLL_MS = 5;
const LONGEST_POLL_MS = 50;
/** Only a process that the kernel cannot end is still there after this. */
const AFTER_KILL_MS = 200;

const liveGroups = new Set<number>();

function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-leader, signal);
  } catch {
    return false;
  }
}

/** `process.exit()` runs no finally block, so the groups that are still there are ended from its event. */
function killAllGroups(): void {
  for (const leader of liveGroups) signalGroup(leader, 'SIGKILL');
}

/** From now until `forgetGroup` this process does not exit without ending the group. */
export function rememberGroup(leader: number): void {
  if (liveGroups.size === 0) process.once('exit', killAllGroups);
  liveGroups.add(leader);
}

export function forgetGroup(leader: number): void {
  liveGroups.delete(leader);
  if (liveGroups.size === 0) process.off('exit', killAllGroups);
}

/** State and process group, the third and fifth field of /proc/PID/stat; the second, a name, may hold anything. */
async function isRunningIn(leader: number, pid: string): Promise<boolean> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
    const [state = '', , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(group) === leader && !'ZX'.includes(state);
  } catch {
    return false;
  }
}

/** The group has a process that still runs. One that has ended but waits to be reaped (a zombie) is none. */
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

async function goneWithin(leader: number, ms: number): Promise<boolean> {
  const until = performance.now() + ms;
  for (let wait = FIRST_POLL_MS; await isAlive(leader); wait = Math.min(wait * 2, LONGEST_POLL_MS)) {
    const left = until - performance.now();
    if (left <= 0) return false;
    await sleep(Math.min(wait, left));
  }
  return true;
}

/** SIGTERM to every process of the group, SIGKILL to those still running after the grace. */
export async function endGroup(leader: number, killGraceMs: number): Promise<void> {
  if (!signalGroup(leader, 'SIGTERM')) return;
  if (await goneWithin(leader, killGraceMs)) return;
  signalGroup(leader, 'SIGKILL');
  await goneWithin(leader, AFTER_KILL_MS);
}
