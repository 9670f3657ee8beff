import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { endGroup, forgetGroup, rememberGroup } from './process-group.ts';

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

/** How long a pipe may stay open once nobody of the group is left to write to it. */
const PIPE_WAIT_MS = 200;

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

type End = Pick<ProgramResult, 'exitCode' | 'signal'>;

async function endOf(
  child: ChildProcessByStdio<null, Readable, Readable>,
  killGraceMs: number,
  signal: AbortSignal,
): Promise<End> {
  const exited = Promise.withResolvers<End>();
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.once('error', exited.reject);
  child.once('exit', (exitCode, endSignal) => exited.resolve({ exitCode, signal: endSignal }));
  const { pid } = child;
  if (pid === undefined) return exited.promise;
  rememberGroup(pid);
  const onAbort = (): void => void endGroup(pid, killGraceMs);
  signal.addEventListener('abort', onAbort, { once: true });
  const end = await exited.promise;
  signal.removeEventListener('abort', onAbort);
  await endGroup(pid, killGraceMs);
  forgetGroup(pid);
  // The pipes close with the last process of the group, unless one has left it and holds them open.
  const limit = setTimeout(() => {
    child.stdout.destroy();
    child.stderr.destroy();
  }, PIPE_WAIT_MS);
  await closed;
  clearTimeout(limit);
  return end;
}
