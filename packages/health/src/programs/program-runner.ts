/** A program to run, without a shell. */
export interface ProgramRequest {
  /** An absolute path, or a name that the runner looks up. */
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the program; undefined: the runner decides. */
  readonly env: Readonly<Record<string, string>> | undefined;
  /** From SIGTERM to SIGKILL when the signal is aborted. */
  readonly killGraceMs: number;
}

export interface ProgramRunOptions {
  /** Aborted at the timeout of the check: the program must end, with its children. */
  readonly signal: AbortSignal;
  readonly onOutput: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void;
}

export interface ProgramExit {
  /** Null when a signal ended the program. */
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/**
 * Starts a program and resolves when it and its children have ended. Rejects when it cannot be started. Pass your own where
 * all programs must be started in one place, such as a launcher with resource limits.
 */
export type RunProgram = (request: ProgramRequest, options: ProgramRunOptions) => Promise<ProgramExit>;

/** The exit of a program and its output, up to a limit. */
export interface ProgramResult extends ProgramExit {
  readonly stdout: string;
  readonly stderr: string;
  /** Bytes of both streams, including what was discarded. */
  readonly outputBytes: number;
  readonly truncated: boolean;
}
