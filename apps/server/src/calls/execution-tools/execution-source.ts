import { ToolError } from '@mcp/tool-base';

import type { JobRecord } from '../../jobs/record/job-record.ts';
import type { Jobs } from '../../jobs/jobs.ts';

/** What the tools read; for the caller of the running tool. */
export interface ExecutionSource {
  readonly jobs: () => Promise<Jobs>;
  readonly find: (id: unknown) => Promise<JobRecord | undefined>;
  readonly cancel: (id: string) => Promise<void>;
}

/** They read the store and wait, and start nothing. */
export const LIMITS = { timeoutMs: 30_000, concurrency: 1000 } as const;

export const EXECUTION_ID = {
  type: 'string',
  maxLength: 64,
  description: 'The executionId that the call of the tool answered',
} as const;

/** @throws {ToolError} the same for one that is foreign, expired or was never there */
export async function findJob(source: ExecutionSource, id: unknown): Promise<JobRecord> {
  const job = await source.find(id);
  if (job) return job;
  throw new ToolError('tool_error', 'There is no such execution.', {
    suggestion: 'Use the executionId as it was answered. An ended execution is kept for a day by default.',
  });
}
