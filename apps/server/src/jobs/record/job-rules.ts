/** Steps of a job that every store takes alike. */
import type { JobInput, JobRecord } from './job-record.ts';
import { fingerprintOf } from '../../foundation/fingerprint.ts';

/** How long past its deadline a run may need to end by itself: its process group gets a grace period. */
export const DEADLINE_SPARE_MS = 90_000;

/** How long the end of a run is tried to be written: what is later was lost before. */
export function endDeadlineMs(leaseMs: number): number {
  return leaseMs + 60_000;
}

/** Whether the run of this claim has ended the job, or left it waiting: nobody else writes either with its fence. */
export function isEndedByRun(job: JobRecord, { fence }: Pick<JobRecord, 'fence'>): boolean {
  if (job.fence === fence) return job.owner === '';
  return job.fence === fence + 1 && (job.end !== undefined || job.state === 'cancelled');
}

/** Whether the holder of this claim has given the job up, which has ended it. */
export function isGivenUpBy(job: JobRecord, { fence, owner }: Pick<JobRecord, 'fence' | 'owner'>): boolean {
  return job.state === 'lost' && job.fence === fence + 1 && job.owner === owner;
}

/** Whether the job was cancelled after it was as `before`, and the end of that is in no run. */
export function isCancelledSince(job: JobRecord, before: JobRecord): boolean {
  if (job.state === before.state) return false;
  return (
    job.state === 'cancelling' || (job.state === 'cancelled' && before.owner === '' && job.fence === before.fence + 1)
  );
}

/** Whether an order with the same idempotency key means this job. */
export function isSameOrder(job: Pick<JobRecord, 'arguments'>, order: Pick<JobRecord, 'arguments'>): boolean {
  return fingerprintOf(job.arguments) === fingerprintOf(order.arguments);
}

/** A key that was answered takes no second response. Undefined when nothing was answered. */
export function withResponses(
  input: JobInput,
  responses: Readonly<Record<string, unknown>>,
): { readonly input: JobInput; readonly isComplete: boolean } | undefined {
  const wanted = Object.keys(input.requests);
  const given = wanted.filter((key) => Object.hasOwn(responses, key));
  if (given.length === 0) return undefined;
  const requests = Object.fromEntries(Object.entries(input.requests).filter(([key]) => !given.includes(key)));
  const added = Object.fromEntries(given.map((key) => [key, responses[key]]));
  return {
    input: { ...input, requests, responses: { ...input.responses, ...added } },
    isComplete: given.length === wanted.length,
  };
}
