import type { ToolResult } from '@mcp/tool-base';

/** `cancelling`: it still runs and has been asked to end. `waiting`: for its client, and nothing runs. */
export const OPEN_STATES = ['queued', 'running', 'cancelling', 'waiting'] as const;
/** `lost`: what ran it is gone, so nobody knows how it ended. `expired`: it did not end, or did not start, in time. */
export const FINAL_STATES = ['completed', 'failed', 'cancelled', 'lost', 'expired'] as const;

export type OpenState = (typeof OPEN_STATES)[number];
export type FinalState = (typeof FINAL_STATES)[number];
export type JobState = OpenState | FinalState;

/** Starts of a job that may be repeated, at most. */
export const MAX_STARTS = 3;

/** What a job was created with. */
export interface JobOrder {
  /** At least 160 random bits; who holds it has to be authorized all the same. */
  readonly id: string;
  readonly tool: string;
  /** Name of the principal. */
  readonly caller: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Longest run, and longest wait for a run. */
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
  /** Whether it may be started again when the end of a run is unknown. */
  readonly repeatable: boolean;
  /** Chosen by the caller, to create the job at most once. */
  readonly idempotencyKey?: string | undefined;
  /** What the client can be asked for, as it declared it. */
  readonly capabilities?: unknown;
  /** What the client answered before the job was created. */
  readonly input?: JobInput | undefined;
}

/** The input that a waiting job needs from its client. */
export interface JobInput {
  /** Requests without a response, by key, as the protocol writes them. */
  readonly requests: Readonly<Record<string, unknown>>;
  readonly responses: Readonly<Record<string, unknown>>;
  /** What the next run needs to know of the runs before. */
  readonly round: unknown;
}

export interface JobError {
  readonly type: 'internal_error' | 'store_unavailable';
  readonly message: string;
}

/** How a run ended: with a result, an expected failure included, or without one. */
export type JobEnd =
  | { readonly state: 'completed' | 'cancelled'; readonly result: ToolResult }
  | { readonly state: 'failed'; readonly error: JobError };

/** Bytes printed so far, and the last line. */
export interface JobProgress {
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
  readonly message: string;
}

/** Times are milliseconds since the epoch, by the clock of the store; 0 for what has not happened. */
export interface JobRecord extends JobOrder, JobProgress {
  readonly state: JobState;
  /** The runner that holds it, '' for none; of a job that was given up, or expired, who ended it. */
  readonly owner: string;
  /** Grows with every change of hands. A write with an older one is refused. */
  readonly fence: number;
  readonly starts: number;
  readonly leaseUntil: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly startedAt: number;
  readonly endedAt: number;
  /** A job that is open then is expired. */
  readonly deadlineAt: number;
  /** 0 while it is open. */
  readonly expiresAt: number;
  /** Place in the queue; callers take turns. */
  readonly turn: number;
  /** Its output was removed before its record. */
  readonly outputRemoved: boolean;
  readonly input: JobInput | undefined;
  /** Only of a job that ended by itself or was cancelled while it ran. */
  readonly end: JobEnd | undefined;
}

export function isFinal({ state }: Pick<JobRecord, 'state'>): boolean {
  return (FINAL_STATES as readonly string[]).includes(state);
}
