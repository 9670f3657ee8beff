/** Jobs as the tasks extension of the 2026 revision writes them (`io.modelcontextprotocol/tasks`). */
import type { CallToolResult } from '@mcp/tool-base';
import type { Implementation } from '@modelcontextprotocol/server';

import { describeJob, failureOf } from '../../../calls/job-description.ts';
import type { ToolGateway } from '../../../calls/tool-gateway.ts';
import { INTERNAL_ERROR } from '../../../foundation/json-rpc-codes.ts';
import type { JobRecord, JobState } from '../../../jobs/record/job-record.ts';
import { taskResult } from './task-result.ts';

export const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks';
/** What a client without it would have to declare, in the form of its capabilities. */
export const TASKS_CAPABILITY: { extensions: Record<string, Record<string, never>> } = {
  extensions: { [TASKS_EXTENSION]: {} },
};

export type TaskStatus = 'working' | 'input_required' | 'completed' | 'failed' | 'cancelled';

export interface Task {
  readonly taskId: string;
  readonly status: TaskStatus;
  /** The last line or progress; why a task failed. */
  readonly statusMessage?: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly lastUpdatedAt: string;
  /** From `createdAt` on; `null` while the job is open, since it is kept after its end. */
  readonly ttlMs: number | null;
  /** Absent from an ended task. */
  readonly pollIntervalMs?: number;
}

export interface DetailedTask extends Task {
  /** As `tools/call` would have answered it. */
  readonly result?: CallToolResult & { readonly resultType: 'complete' };
  readonly error?: { readonly code: number; readonly message: string; readonly data: object };
  /** By key, as the protocol writes them. */
  readonly inputRequests?: Readonly<Record<string, unknown>>;
}

const STATUSES: Readonly<Record<JobState, TaskStatus>> = {
  queued: 'working',
  running: 'working',
  cancelling: 'working',
  waiting: 'input_required',
  completed: 'completed',
  // The call has a result, which says that its time was over.
  expired: 'completed',
  cancelled: 'cancelled',
  failed: 'failed',
  lost: 'failed',
};

/** Whether the capabilities of a request have the extension. What earlier requests declared does not count. */
export function declaresTasks(capabilities: { readonly extensions?: unknown } | undefined): boolean {
  const extensions = capabilities?.extensions;
  return typeof extensions === 'object' && extensions !== null && Object.hasOwn(extensions, TASKS_EXTENSION);
}

export function taskOf(job: JobRecord): Task {
  const { createdAt, updatedAt, message, pollAfterMs } = describeJob(job);
  const statusMessage = failureOf(job)?.message ?? message;
  return {
    taskId: job.id,
    status: STATUSES[job.state],
    ...(statusMessage !== '' && { statusMessage }),
    createdAt,
    lastUpdatedAt: updatedAt,
    ttlMs: job.expiresAt === 0 ? null : job.expiresAt - job.createdAt,
    ...(pollAfterMs !== null && { pollIntervalMs: pollAfterMs }),
  };
}

/**
 * @param gateway knows the tool of the job
 * @param client whom the result of a completed job is for
 */
export function detailedTask(
  job: JobRecord,
  gateway: Pick<ToolGateway, 'registry'>,
  client: Pick<Implementation, 'name'> | undefined,
): DetailedTask {
  const task = taskOf(job);
  switch (task.status) {
    case 'completed':
      return { ...task, result: { ...taskResult(job, gateway, client), resultType: 'complete' } };
    case 'failed':
      return { ...task, error: errorOf(job) };
    case 'input_required':
      return { ...task, inputRequests: job.input?.requests ?? {} };
    case 'working':
    case 'cancelled':
      return task;
  }
}

function errorOf(job: JobRecord): NonNullable<DetailedTask['error']> {
  const { type = 'internal_error', message = '', suggestion = '' } = failureOf(job) ?? {};
  const data = { type, correlationId: job.id, started: job.starts > 0 };
  return { code: INTERNAL_ERROR, message: `${message} ${suggestion}`, data };
}
