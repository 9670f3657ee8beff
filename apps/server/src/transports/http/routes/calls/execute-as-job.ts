import type { Tool } from '@mcp/tool-base';

import { IDEMPOTENCY_KEY, type JobCalls, type JobStart } from '../../../../calls/job-calls.ts';
import { resultOf } from '../../../../calls/job-description.ts';
import type { ToolCallRequest } from '../../../../calls/tool-call-request.ts';
import { isFinal, type JobRecord } from '../../../../jobs/record/job-record.ts';
import { problem, problemResponse } from '../../../../foundation/problem-details.ts';
import { jsonResponse, type HttpContext } from '../../routing/request-context.ts';
import { executionBody } from '../executions/execution-routes.ts';
import { readPrefer } from './prefer-header.ts';
import { resultResponse } from './result-response.ts';

/**
 * Starts a job where the client prefers one, gives an idempotency key, or the tool runs no other way.
 *
 * @returns undefined when the call runs within its request
 */
export async function executeAsJob(
  jobs: JobCalls,
  context: HttpContext,
  tool: Tool & { readonly job: NonNullable<Tool['job']> },
  call: ToolCallRequest,
): Promise<Response | undefined> {
  const { isAsync, waitMs } = readPrefer(context.req.header('prefer'));
  const idempotencyKey = context.req.header('idempotency-key');
  if (!isAsync && idempotencyKey === undefined && tool.job.mode !== 'required') return undefined;
  if (idempotencyKey !== undefined && !IDEMPOTENCY_KEY.test(idempotencyKey)) return problemResponse(invalidKey);
  const started = await jobs.start({ ...call, idempotencyKey });
  if (started.kind === 'refused') return refusal(started);
  const { id } = started.job;
  const waiting = (await jobs.jobs()).wait(id, { timeoutMs: waitMs, signal: context.req.raw.signal });
  // It was created, whatever becomes of the store.
  const job = (await waiting.catch(() => undefined)) ?? started.job;
  return isFinal(job) && waitMs > 0 ? ended(job) : accepted(job);
}

function accepted(job: JobRecord): Response {
  const response = jsonResponse(executionBody(job), 202);
  response.headers.set('location', `/executions/${job.id}`);
  response.headers.set('preference-applied', 'respond-async');
  return response;
}

/** As if it had run within its request. */
function ended(job: JobRecord): Response {
  const result = resultOf(job);
  const response = result ? resultResponse(result) : accepted(job);
  response.headers.set('location', `/executions/${job.id}`);
  return response;
}

const REFUSED_STATUS = { quota: 507, idempotency_mismatch: 422, store_unavailable: 503 } as const;

function refusal({ result, reason }: Extract<JobStart, { kind: 'refused' }>): Response {
  const { error } = result;
  if (!error || reason === undefined) return resultResponse(result);
  const { message, suggestion, retryAfterMs, correlationId } = error;
  const extras = { suggestion, correlationId, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  return problemResponse(problem(REFUSED_STATUS[reason], reason, message, extras));
}

/** A key that had no effect would let the caller believe that it may repeat its call. */
export function idempotencyUnsupported(): Response {
  return problemResponse(
    problem(400, 'idempotency_unsupported', 'This tool takes no Idempotency-Key: its runs are not kept.', {
      suggestion: 'Leave the header out, or ask the operator to set job: auto for this tool.',
    }),
  );
}

const invalidKey = problem(400, 'validation_error', 'Idempotency-Key must be 1 to 128 visible ASCII characters.', {
  suggestion: 'Use a random UUID for each call, and the same one when you repeat it.',
});
