/**
 * One program from start to the last of its processes.
 *
 *   start -> output, counted -> exit -> rest of the group: SIGTERM, grace, SIGKILL -> pipes drained or cut -> settled
 *
 * The end is the exit plus a short drain, never the closing of the pipes alone: a process that left the group can hold them open
 * for as long as it likes.
 */

import type { ChildProcess } from 'node:child_process';
import { setPriority } from 'node:os';
import { ArgumentListError, startProgram } from './start-program.ts';
import type { OutputStream, ProgramExit, ProgramSpec, ProgramStartFailure } from './program.ts';
import { killLeft, leftProcesses, type LeftProcesses } from './processes/left-processes.ts';
import { isGroupAlive, signalGroup } from './processes/process-group.ts';

const DRAIN_MS = 100;
/** A process that left the group and goes on writing is not read for ever. */
const MAX_DRAIN_TURNS = 1000;
/** How long to wait after SIGKILL: a process that nobody reaps, or that belongs to another user, stays visible. */
const REAP_TIMEOUT_MS = 500;
const NICENESS = 10;

export interface ProgramEvents {
  onOutput(stream: OutputStream, bytes: Uint8Array): void;
  onEnd(end: ProgramExit | ProgramStartFailure): void;
}

export interface ProgramPlace {
  /** Its private folder. */
  readonly directory: string;
  /** Whether it reads what {@link RunningProgram.write} gives it, else /dev/null. */
  readonly hasStdin: boolean;
  /** Calls wait for it as they wait for the server, so it runs at the same priority. */
  readonly isConversation?: boolean;
}

export class RunningProgram {
  /** Its private folder. */
  readonly directory: string;
  readonly #child: ChildProcess;
  readonly #spec: ProgramSpec;
  readonly #events: ProgramEvents;
  readonly #isConversation: boolean;
  readonly #timers = new Set<NodeJS.Timeout>();
  #bytes = 0;
  #truncated = false;
  #stopping = false;
  #killed = false;
  #closed = false;
  #exit: { code: number | null; signal: string | null } | undefined;
  /** Once true the group number may belong to someone else. */
  #groupGone = false;
  #ended = false;
  #left: LeftProcesses | undefined;

  private constructor(
    child: ChildProcess,
    spec: ProgramSpec,
    { directory, isConversation = false }: ProgramPlace,
    events: ProgramEvents,
  ) {
    this.directory = directory;
    this.#child = child;
    this.#spec = spec;
    this.#events = events;
    this.#isConversation = isConversation;
    child.stdout?.on('data', (chunk: Buffer) => this.#take('stdout', chunk));
    child.stderr?.on('data', (chunk: Buffer) => this.#take('stderr', chunk));
    // The program may end, or close its stdin, before it has read everything; in a conversation it then has no use any more.
    child.stdin?.on('error', () => isConversation && this.stop());
    if (isConversation) child.stdout?.on('end', () => this.#later(spec.graceMs, () => this.stop()));
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (child.pid === undefined) this.#end({ started: false, code: error.code ?? 'UNKNOWN' });
    });
    child.on('exit', (code, signal) => {
      this.#exit = { code, signal };
      this.resume();
      this.#clearGroup(5);
    });
    child.on('close', () => {
      this.#closed = true;
    });
  }

  /** Never throws: a program that cannot be started is reported by `onEnd`, in a later microtask. */
  static start(spec: ProgramSpec, place: ProgramPlace, events: ProgramEvents): RunningProgram | undefined {
    const { directory, hasStdin, isConversation = false } = place;
    try {
      const child = startProgram(spec, directory, hasStdin);
      if (child.pid !== undefined && !isConversation) lowerPriority(child.pid);
      return new RunningProgram(child, spec, place, events);
    } catch (error) {
      const code = error instanceof ArgumentListError ? 'EINVAL' : ((error as NodeJS.ErrnoException).code ?? 'UNKNOWN');
      queueMicrotask(() => events.onEnd({ started: false, code }));
      return undefined;
    }
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** @param onRead called when the program, or the pipe to it, has taken the bytes */
  write(stdin: Uint8Array, onRead?: () => void): void {
    if (this.#ended) return;
    this.#child.stdin?.write(stdin, (error) => {
      if (!error) onRead?.();
    });
  }

  endStdin(): void {
    // A conversation ends with it, often before it has to be stopped.
    if (this.#isConversation) this.#rememberLeft();
    this.#child.stdin?.end();
  }

  /** Reads no more output, so that the program waits when its pipes are full. */
  pause(): void {
    if (this.#exit !== undefined) return;
    this.#child.stdout?.pause();
    this.#child.stderr?.pause();
  }

  resume(): void {
    this.#child.stdout?.resume();
    this.#child.stderr?.resume();
  }

  /** Asks the group to end and makes it end after the grace period. Idempotent. */
  stop(): void {
    if (this.#stopping || this.#groupGone || this.#ended) return;
    this.#stopping = true;
    this.#rememberLeft();
    signalGroup(this.#child.pid, 'SIGTERM');
    this.#later(this.#spec.graceMs, () => this.kill());
  }

  /** Ends the group at once. */
  kill(): void {
    if (this.#killed || this.#groupGone || this.#ended) return;
    this.#stopping = true;
    this.#killed = true;
    this.#left ??= leftProcesses(this.#child.pid);
    signalGroup(this.#child.pid, 'SIGKILL');
    this.#later(REAP_TIMEOUT_MS, () => this.#finish());
  }

  /** Once the leader has ended, none is found any more. */
  #rememberLeft(): void {
    this.#left = new Map([...(this.#left ?? []), ...leftProcesses(this.#child.pid)]);
  }

  #take(stream: OutputStream, chunk: Buffer): void {
    if (this.#truncated || this.#ended) return;
    const space = this.#spec.maxOutputBytes - this.#bytes;
    const kept = chunk.length > space ? chunk.subarray(0, space) : chunk;
    this.#bytes += kept.length;
    if (kept.length > 0) this.#events.onOutput(stream, kept);
    if (kept.length < chunk.length) {
      this.#truncated = true;
      this.stop();
    }
  }

  /** After the leader's exit: whatever it left behind in its group ends too. */
  #clearGroup(pollMs: number): void {
    if (this.#ended) return;
    if (!isGroupAlive(this.#child.pid)) {
      this.#groupGone = true;
      this.#drain();
      return;
    }
    this.stop();
    this.#later(pollMs, () => this.#clearGroup(Math.min(pollMs * 2, 50)));
  }

  #drain(): void {
    if (this.#closed) {
      this.#finish();
      return;
    }
    this.#child.once('close', () => this.#finish());
    this.#later(DRAIN_MS, () => this.#cutWhenQuiet(MAX_DRAIN_TURNS));
  }

  /**
   * When this process did not get the CPU, a timer may fire before the pipes were read. So the timer alone does not end the reading: a whole
   * iteration of the event loop, in which they are read, must bring nothing more.
   */
  #cutWhenQuiet(turnsLeft: number): void {
    const before = this.#bytes;
    setImmediate(() => {
      if (this.#ended) return;
      if (this.#bytes === before || turnsLeft === 0) this.#finish();
      else this.#cutWhenQuiet(turnsLeft - 1);
    });
  }

  #finish(): void {
    this.#end({
      started: true,
      exitCode: this.#exit?.code ?? null,
      signal: this.#exit === undefined ? 'SIGKILL' : this.#exit.signal,
      truncated: this.#truncated,
      outputBytes: this.#bytes,
    });
  }

  #end(end: ProgramExit | ProgramStartFailure): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#left) killLeft(this.#left);
    for (const timer of this.#timers) clearTimeout(timer);
    this.#child.stdin?.destroy();
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
    this.#child.unref();
    this.#events.onEnd(end);
  }

  #later(ms: number, fn: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      fn();
    }, ms);
    this.#timers.add(timer);
  }
}

/** Programs run at a lower priority than the server; the kernel derives the disk priority from the same number. */
function lowerPriority(pid: number): void {
  try {
    setPriority(pid, NICENESS);
  } catch {
    // Gone already, or not allowed: the program runs at the server's priority.
  }
}
