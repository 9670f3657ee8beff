import { ToolError, type ContentBlock, type ErrorType, type ToolResult } from '@mcp/tool-base';

import { OUTPUT_STREAMS } from '../jobs/output/output-store.ts';
import type { JobRecord } from '../jobs/record/job-record.ts';
import { rejectedResult } from './call-outcome.ts';
import { failureOf, resultOf, type JobFailure } from './job-description.ts';

/** An ended job that nobody knows the effect of is an error of its run. */
const ERROR_TYPES: Readonly<Record<JobFailure['type'], ErrorType>> = {
  internal_error: 'internal_error',
  store_unavailable: 'unavailable',
  runner_lost: 'execution_error',
  timeout: 'timeout',
  resource_exhausted: 'resource_exhausted',
  cancelled: 'cancelled',
};

/**
 * The result of an ended job, as a call within a request would have it. Where the result has only a part of the output, links to
 * the whole follow.
 *
 * @throws {Error} for a job that has not ended
 */
export function callResult(job: JobRecord): ToolResult {
  const result = resultOf(job);
  if (result) return isPartial(job) ? { ...result, content: [...result.content, ...outputLinks(job)] } : result;
  if (job.state === 'completed') return resultOfKeptCall(job);
  const failure = failureOf(job);
  if (!failure) throw new Error('An open job has no result.');
  const { type, message, suggestion } = failure;
  return rejectedResult(new ToolError(ERROR_TYPES[type], message, { suggestion }), job.id);
}

function resultOfKeptCall(job: JobRecord): ToolResult {
  const text = 'The call was no job, and its result was its answer; here is all of its output.';
  const outputBytes = job.stdoutBytes + job.stderrBytes;
  const meta = { durationMs: 0, queueMs: 0, outputBytes, truncated: false, correlationId: job.id };
  const links = job.outputRemoved ? [] : outputLinks(job);
  return { ok: true, content: [{ type: 'text', text }, ...links], structured: {}, meta };
}

/** Whether there is more output than the result has. */
export function isPartial(job: JobRecord): boolean {
  return resultOf(job)?.meta.truncated === true && !job.outputRemoved && job.stdoutBytes + job.stderrBytes > 0;
}

export function outputUri(id: string, stream: string): string {
  return `mcp://executions/${id}/${stream}`;
}

function outputLinks(job: JobRecord): ContentBlock[] {
  const bytes = { stdout: job.stdoutBytes, stderr: job.stderrBytes };
  return OUTPUT_STREAMS.filter((stream) => bytes[stream] > 0).map((stream) => ({
    type: 'resource_link',
    uri: outputUri(job.id, stream),
    name: stream,
    description: `All ${bytes[stream]} bytes of it; execution_output reads it too`,
    mimeType: 'text/plain',
  }));
}
