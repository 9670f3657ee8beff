/** The part of the server's answers about jobs that the page reads. */

export type JobState =
  | 'queued'
  | 'running'
  | 'cancelling'
  | 'waiting'
  | 'completed'
  | 'failed'
  | 'cancelled'
  | 'lost'
  | 'expired';

/** An entry of `GET /executions?state=...`. Times are ISO 8601. */
export interface JobAnswer {
  /** Null for a job that the key in use may not open. */
  readonly executionId: string | null;
  readonly tool: string;
  readonly caller: string;
  readonly state: JobState;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** The last line or progress that it reported. */
  readonly message: string;
  readonly starts: number;
  readonly output: { readonly stdoutBytes: number; readonly stderrBytes: number; readonly removed: boolean };
}

/** `GET /executions/{id}`. */
export interface JobDetailsAnswer extends JobAnswer {
  /** Of an ended job without a result. */
  readonly error?: { readonly message: string };
}
