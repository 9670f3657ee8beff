/** A job whose client holds its request open for a while: it gets the result if the job ends by then, else the job. */
import { ToolError, type ToolResult } from '@mcp/tool-base';

import type { JobObserver } from '../jobs/runs/job-run.ts';
import { isFinal, type JobRecord } from '../jobs/record/job-record.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { rejectedResult } from './call-outcome.ts';
import type { JobCalls, JobRequest } from './job-calls.ts';
import { callResult, isPartial } from './job-result.ts';

export type InlineOutcome =
  | { readonly kind: 'result'; readonly result: ToolResult }
  /** It asks its client, and was removed: the client repeats its call with the responses. */
  | { readonly kind: 'input'; readonly job: JobRecord }
  /** It goes on. */
  | { readonly kind: 'job'; readonly job: JobRecord };

export interface InlineOptions {
  /** 0: the job is answered at once. */
  readonly waitMs: number;
  /** The client cancels its request, and with it the job. */
  readonly signal: AbortSignal;
  readonly observer: JobObserver;
}

/** A client that chose an idempotency key may ask again, so its job is kept whatever comes of the request. */
export async function runInline(calls: JobCalls, request: JobRequest, options: InlineOptions): Promise<InlineOutcome> {
  const started = await calls.start(request, options.observer);
  if (started.kind === 'refused') return { kind: 'result', result: started.result };
  const jobs = await calls.jobs();
  try {
    return await follow(jobs, started.job, request, options);
  } finally {
    jobs.endObserving(started.job.id);
  }
}

async function follow(
  jobs: Jobs,
  started: JobRecord,
  { principal, idempotencyKey }: JobRequest,
  { waitMs, signal }: InlineOptions,
): Promise<InlineOutcome> {
  const { id } = started;
  const isKnown = idempotencyKey !== undefined;
  const until = (job: JobRecord): boolean => isFinal(job) || (job.state === 'waiting' && !isKnown);
  // It was created, whatever becomes of the store.
  const job = (await jobs.wait(id, { timeoutMs: waitMs, signal, until }).catch(() => undefined)) ?? started;
  if (isFinal(job) && (waitMs > 0 || isKnown)) {
    const result = callResult(job);
    if (!isKnown && !isPartial(job)) await jobs.discard(job);
    return { kind: 'result', result };
  }
  if (signal.aborted && !isKnown) {
    await jobs.cancel(id, principal.name);
    return { kind: 'result', result: rejectedResult(new ToolError('cancelled', 'The call was cancelled.'), id) };
  }
  if (job.state !== 'waiting' || waitMs === 0 || isKnown) return { kind: 'job', job };
  await jobs.discard(job);
  return { kind: 'input', job };
}
