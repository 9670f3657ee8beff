/**
 * What this package needs from outside, as small interfaces. `@mcp/metrics`' `ToolMetrics` fits `CallRecorder`, any logger with
 * four levels fits `CallLog`, and `createLauncher()` or `directLauncher()` give a `Launcher`.
 */

import type { ErrorType } from './error-type.ts';

/** Time and timers. Tests hand in one that they advance themselves. */
export interface Clock {
  /** Milliseconds on a clock that never jumps. */
  monotonicMs(): number;
  /** Milliseconds since the epoch. */
  epochMs(): number;
  /** Runs `fn` once after `ms`; the returned function cancels it. */
  schedule(fn: () => void, ms: number): () => void;
}

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  epochMs: () => Date.now(),
  schedule(fn, ms) {
    const timer = setTimeout(fn, ms);
    return () => clearTimeout(timer);
  },
};

/** How a recorded call ended; `rejected` means that nothing ran. */
export interface CallOutcome {
  readonly status: 'success' | 'failure' | 'timeout' | 'rejected' | 'cancelled';
  readonly errorType?: ErrorType;
  readonly durationMs?: number;
  readonly queueMs?: number;
  readonly outputBytes?: number;
  readonly traceId?: string;
}

export interface RecordedCall {
  end(outcome: CallOutcome): void;
}

/** Told once when a call starts to run and once when it ended. */
export interface CallRecorder {
  start(tool: string): RecordedCall;
}

export type LogFields = Readonly<Record<string, unknown>>;

export interface CallLog {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** Progress of a call; `progress` should grow with each report. */
export interface Progress {
  readonly progress: number;
  readonly total?: number;
  readonly message?: string;
}

/** Turns a name into addresses. Rejects when there is none. */
export type Resolver = (host: string, options: { readonly signal?: AbortSignal }) => Promise<readonly string[]>;

/**
 * Where an argument comes from, which decides what it may look like:
 * `fixed` is the operator's own, `flag` an exact token of the flag table, `value` a checked value, `signed` a checked number
 * that may be negative, `target` a checked target.
 */
export type ArgumentRole = 'fixed' | 'flag' | 'value' | 'signed' | 'target';

export interface ProgramArgument {
  readonly text: string;
  readonly role: ArgumentRole;
}

/** Limits that the kernel holds, through `prlimit`; a left-out limit stays as the server has it. */
export interface ResourceLimits {
  /** CPU seconds of one process. */
  readonly cpuSeconds?: number;
  /** Address space of one process, in bytes. */
  readonly memoryBytes?: number;
  /** Size of a file that it writes, in bytes. */
  readonly fileBytes?: number;
  readonly openFiles?: number;
  /** Counted per user id, so it needs a user of its own to be useful. */
  readonly processes?: number;
}

/** One program run, complete: nothing is looked up or expanded after this. */
export interface ProgramSpec {
  /** Absolute path. */
  readonly program: string;
  readonly args: readonly ProgramArgument[];
  /** Bytes of stdout and stderr together that are kept; the first byte beyond ends the run. */
  readonly maxOutputBytes: number;
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly graceMs: number;
  readonly limits?: ResourceLimits;
}

/** Why a program could not be started: the errno name, such as `ENOENT`. */
export interface ProgramStartFailure {
  readonly started: false;
  readonly code: string;
}

export interface ProgramExit {
  readonly started: true;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** True when the run was ended because its output passed the limit. */
  readonly truncated: boolean;
  /** Bytes kept. */
  readonly outputBytes: number;
}

export type OutputStream = 'stdout' | 'stderr';

export interface RunOptions {
  /** Ends the program and everything in its process group; the run still settles with what happened. */
  readonly signal?: AbortSignal;
  /** The bytes are the caller's to keep. If it throws, the program is ended and `run` rejects with what was thrown. */
  readonly onOutput: (stream: OutputStream, bytes: Uint8Array) => void;
}

/** Starts programs. `run` rejects with a `ToolError` only when the launcher itself cannot serve. */
export interface Launcher extends AsyncDisposable {
  run(spec: ProgramSpec, options: RunOptions): Promise<ProgramExit | ProgramStartFailure>;
  /** Programs that have not ended yet. */
  readonly running: number;
}
