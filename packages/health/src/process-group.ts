import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** A program to run, without a shell. */
export interface ProgramSpec {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** From SIGTERM to SIGKILL. */
  readonly killGraceMs: number;
  /** Kept per stream; what is beyond is counted and thrown away. */
  readonly maxOutputBytes: number;
}

export interface ProgramResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Written by the program, over both streams, kept or not. */
  readonly outputBytes: number;
  readonly truncated: boolean;
}

const POLL_MS = 10;
/** Only a process that the kernel cannot end, or a zombie nobody reaps, is still listed after this. */
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

function remember(leader: number): void {
  if (liveGroups.size === 0) process.once('exit', killAllGroups);
  liveGroups.add(leader);
}

function forget(leader: number): void {
  liveGroups.delete(leader);
  if (liveGroups.size === 0) process.off('exit', killAllGroups);
}

async function goneWithin(leader: number, ms: number): Promise<boolean> {
  const until = performance.now() + ms;
  while (signalGroup(leader, 0)) {
    if (performance.now() >= until) return false;
    await sleep(POLL_MS);
  }
  return true;
}

/** SIGTERM to every process of the group, SIGKILL to those still there after the grace. */
async function endGroup(leader: number, killGraceMs: number): Promise<void> {
  if (!signalGroup(leader, 'SIGTERM')) return;
  if (await goneWithin(leader, killGraceMs)) return;
  signalGroup(leader, 'SIGKILL');
  await goneWithin(leader, AFTER_KILL_MS);
}

class CappedOutput {
  readonly #maxBytes: number;
  readonly #chunks: Buffer[] = [];
  #kept = 0;
  bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  take(chunk: Buffer): void {
    this.bytes += chunk.length;
    const room = this.#maxBytes - this.#kept;
    if (room <= 0) return;
    // A copy of a cut chunk, so that the rest of it can be freed.
    this.#chunks.push(chunk.length > room ? Buffer.from(chunk.subarray(0, room)) : chunk);
    this.#kept += Math.min(chunk.length, room);
  }

  get truncated(): boolean {
    return this.bytes > this.#kept;
  }

  toString(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}

/**
 * Runs a program as the leader of its own process group and resolves when the whole group is gone: after its normal end
 * as after an abort, what it left running is ended too. Rejects if it cannot be started. A descendant that moves to a
 * session of its own (a daemon) leaves the group and is not followed.
 */
export async function runInGroup(spec: ProgramSpec, signal: AbortSignal): Promise<ProgramResult> {
  signal.throwIfAborted();
  const child = spawn(spec.command, [...spec.args], {
    detached: true,
    shell: false,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...spec.env },
    windowsHide: true,
  });
  const stdout = new CappedOutput(spec.maxOutputBytes);
  const stderr = new CappedOutput(spec.maxOutputBytes);
  child.stdout.on('data', (chunk: Buffer) => stdout.take(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.take(chunk));
  const end = await endOf(child, spec.killGraceMs, signal);
  return {
    ...end,
    stdout: stdout.toString(),
    stderr: stderr.toString(),
    outputBytes: stdout.bytes + stderr.bytes,
    truncated: stdout.truncated || stderr.truncated,
  };
}

async function endOf(
  child: ChildProcess,
  killGraceMs: number,
  signal: AbortSignal,
): Promise<Pick<ProgramResult, 'exitCode' | 'signal'>> {
  const exited = Promise.withResolvers<Pick<ProgramResult, 'exitCode' | 'signal'>>();
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.once('error', exited.reject);
  child.once('exit', (exitCode, endSignal) => exited.resolve({ exitCode, signal: endSignal }));
  const { pid } = child;
  if (pid === undefined) return exited.promise;
  remember(pid);
  const onAbort = (): void => void endGroup(pid, killGraceMs);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const end = await exited.promise;
    await endGroup(pid, killGraceMs);
    // The pipes close with the last process of the group, unless one has left it and holds them open.
    await Promise.race([closed, sleep(AFTER_KILL_MS, undefined, { ref: false })]);
    return end;
  } finally {
    signal.removeEventListener('abort', onAbort);
    child.stdout?.destroy();
    child.stderr?.destroy();
    forget(pid);
  }
}
