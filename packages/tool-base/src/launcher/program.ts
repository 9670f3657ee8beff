/** One program run, and what starts it. */

import type { SandboxRequest } from '../sandbox/profile.ts';
import type { SandboxStatus } from '../sandbox/sandbox-status.ts';

/**
 * Where an argument comes from, which decides what it may look like:
 * `fixed` is the operator's own or starts with it, `flag` an exact token of the flag table, `value` a checked value, `text` a
 * checked value that may hold any printable Unicode, `signed` a checked number that may be negative, `target` a checked target.
 */
export type ArgumentRole = 'fixed' | 'flag' | 'value' | 'text' | 'signed' | 'target';

export interface ProgramArgument {
  readonly text: string;
  readonly role: ArgumentRole;
}

/** Limits that the kernel holds for each process, on Linux; a left-out limit stays as the server has it. */
export interface ResourceLimits {
  /** CPU seconds. */
  readonly cpuSeconds?: number;
  /** Bytes of private memory (`RLIMIT_DATA`): heap and anonymous mappings, not address space that is only reserved, nor shared memory. */
  readonly memoryBytes?: number;
  /** Size of a file that it writes, in bytes. */
  readonly fileBytes?: number;
  readonly openFiles?: number;
  /** Counted for the whole user, so it needs a user of its own to be useful. */
  readonly processes?: number;
}

export interface ProgramSecret {
  /** The variable that holds the value, or the path of the file that does. */
  readonly name: string;
  readonly value: string;
  /** `file`: in the private folder of the run, readable by its user only. */
  readonly as: 'environment' | 'file';
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
  /** Variables besides the fixed ones, of which they replace those of the same name. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What the program is given and its output never shows. */
  readonly secrets?: readonly ProgramSecret[];
  /** Absolute path of the working directory. @default the private folder of the run */
  readonly workingDirectory?: string;
  /** What the program reads from stdin, at most {@link MAX_STDIN_BYTES}; an empty one is an open and closed pipe. @default nothing: /dev/null */
  readonly stdin?: Uint8Array;
  /** Held by a `SandboxLauncher`; the other launchers refuse a program that asks for it. */
  readonly sandbox?: SandboxRequest;
}

export const MAX_STDIN_BYTES: number = 2 ** 20;

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

/** A program that is talked to over stdin and stdout for as long as both sides want. */
export interface ConversationSpec extends Omit<ProgramSpec, 'maxOutputBytes' | 'stdin'> {
  /** Bytes of one line of stdout. A longer line ends the program, which then counts as `truncated`. */
  readonly maxLineBytes: number;
}

export interface ConversationOptions {
  /** A line of stdout without its line end. If it throws, the program is ended and `ended` rejects with what was thrown. */
  readonly onLine: (line: Buffer) => void;
  /** A line of stderr as printable text of at most 1 KiB; at most 100 lines in ten seconds, then how many were left out. */
  readonly onErrorLine: (line: string) => void;
}

/** Disposing it closes stdin, sends SIGTERM after the grace period, and SIGKILL after another. */
export interface Conversation extends AsyncDisposable {
  /**
   * Resolves when more may be written: at once, or when the program has read enough of what it was given.
   * @throws {ToolError} `unavailable` when the program has ended, or when 16 MiB wait that it does not read
   */
  write(bytes: Uint8Array): Promise<void>;
  readonly ended: Promise<ProgramExit | ProgramStartFailure>;
}

/** Starts programs. `run` and `open` reject with a `ToolError` only when the launcher itself cannot serve. */
export interface Launcher extends AsyncDisposable {
  run(spec: ProgramSpec, options: RunOptions): Promise<ProgramExit | ProgramStartFailure>;
  /** Resolves when the program was asked for; whether it started is in `ended`. It ends with this process, also after `kill -9`. */
  open(spec: ConversationSpec, options: ConversationOptions): Promise<Conversation>;
  /** Programs that have not ended yet. */
  readonly running: number;
  /** How programs that ask for this sandbox are confined now; absent in a launcher without sandboxes. */
  sandboxOf?(request: SandboxRequest): SandboxStatus | undefined;
  /** Why programs cannot be started reliably now, in one sentence; `undefined` while they can. @default undefined */
  readonly problem?: string | undefined;
}

export interface LauncherOptions {
  /** Programs at the same time; a run beyond is refused. 1 to 10 000. @default 256 */
  readonly maxPrograms?: number;
  /** Called when the helper process was lost and when a new one is ready, for logs. */
  readonly onChange?: (event: { readonly state: 'lost' | 'ready'; readonly reason: string }) => void;
}
