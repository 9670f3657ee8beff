/** A job as its caller sees it, over every transport. */
import type { ToolResult } from '@mcp/tool-base';

import { isFinal, type JobRecord } from '../jobs/record/job-record.ts';

export interface JobDescription {
  readonly executionId: string;
  readonly tool: string;
  readonly caller: string;
  readonly state: JobRecord['state'];
  /** ISO 8601; null for what has not happened. */
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** When it can no longer be read; null while it is open. */
  readonly expiresAt: string | null;
  /** The last line or progress that it reported. */
  readonly message: string;
  readonly starts: number;
  readonly output: { readonly stdoutBytes: number; readonly stderrBytes: number; readonly removed: boolean };
  /** When to look again; null for an ended job. */
  readonly pollAfterMs: number | null;
}

/** How a job ended that has no result of its own. */
export interface JobFailure {
  readonly type:
    | 'internal_error'
    | 'store_unavailable'
    | 'runner_lost'
    | 'timeout'
    | 'resource_exhausted'
    | 'cancelled';
  readonly message: string;
  readonly suggestion: string;
}

const MIN_POLL_MS = 1000;
const MAX_POLL_MS = 30_000;

export function describeJob(job: JobRecord): JobDescription {
  const { id, tool, caller, state, message, starts, stdoutBytes, stderrBytes } = job;
  return {
    executionId: id,
    tool,
    caller,
    state,
    createdAt: iso(job.createdAt),
    updatedAt: iso(job.updatedAt),
    startedAt: job.startedAt === 0 ? null : iso(job.startedAt),
    endedAt: job.endedAt === 0 ? null : iso(job.endedAt),
    expiresAt: job.expiresAt === 0 ? null : iso(job.expiresAt),
    message,
    starts,
    output: { stdoutBytes, stderrBytes, removed: job.outputRemoved },
    pollAfterMs: isFinal(job) ? null : pollAfterMs(job),
  };
}

/** A tenth of its age at its last change. */
function pollAfterMs({ createdAt, updatedAt }: Pick<JobRecord, 'createdAt' | 'updatedAt'>): number {
  return Math.min(MAX_POLL_MS, Math.max(MIN_POLL_MS, Math.round((updatedAt - createdAt) / 10)));
}

/** The result of a job that ran to an end. */
export function resultOf({ end }: JobRecord): ToolResult | undefined {
  return end !== undefined && 'result' in end ? end.result : undefined;
}

/** Undefined for an open job and for one with a result. */
export function failureOf(job: JobRecord): JobFailure | undefined {
  // What was kept of a call that was no job is completed without a result.
  if (!isFinal(job) || job.state === 'completed' || resultOf(job)) return undefined;
  if (job.end?.state === 'failed') {
    const { type, message } = job.end.error;
    return { type, message, suggestion: 'Report the execution id to the operator.' };
  }
  if (job.state === 'lost') return LOST;
  if (job.state === 'expired') return job.starts === 0 ? NOT_STARTED : NOT_ENDED;
  return CANCELLED;
}

const LOST: JobFailure = {
  type: 'runner_lost',
  message:
    'The server that ran this job is gone, so its outcome is unknown. It may have had its effect, whole or in part.',
  suggestion: 'Check what it changed before you start it again. The output until then can be read.',
};
const NOT_STARTED: JobFailure = {
  type: 'resource_exhausted',
  message: 'The job was not started in time, so nothing happened.',
  suggestion: 'Start it again when fewer jobs are queued.',
};
const NOT_ENDED: JobFailure = {
  type: 'timeout',
  message: 'The job did not end in time.',
  suggestion:
    'If it asked for input, answer sooner; otherwise give it less to do, or ask the operator to raise job.timeout of the tool.',
};
const CANCELLED: JobFailure = {
  type: 'cancelled',
  message: 'The job was cancelled before it ran to an end.',
  suggestion: 'Start it again if its result is still wanted.',
};

function iso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
