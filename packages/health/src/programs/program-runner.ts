/** A program to run, without a shell. */
export interface ProgramRequest {
  /** An absolute path, or a name to look up. */
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the program; undefined: the runner decides. */
  readonly env: Readonly<Record<string, string>> | undefined;
  /** From SIGTERM to SIGKILL when the signal is aborted. */
  readonly killGraceMs: number;
  /** Kept of each stream; the rest is counted and discarded. */
  readonly maxOutputBytes: number;
}

export interface ProgramResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Bytes of both streams, including what was discarded. */
  readonly outputBytes: number;
  readonly truncated: boolean;
}

/**
 * Starts a program and resolves when it and its children have ended; an abort ends them. Rejects when it cannot be started.
 * Pass your own where programs must be started in one place, such as a launcher with resource limits.
 */
export type RunProgram = (request: ProgramRequest, signal: AbortSignal) => Promise<ProgramResult>;
