import { mayKnowOfCall } from '../../../../access/principal.ts';
import type { JobCalls } from '../../../../calls/job-calls.ts';
import { describeJob } from '../../../../calls/job-description.ts';
import { FINAL_STATES, OPEN_STATES, type JobState } from '../../../../jobs/record/job-record.ts';
import { problem, problemResponse } from '../../../../foundation/problem-details.ts';
import { jsonResponse, type HttpContext } from '../../routing/request-context.ts';

const STATES: readonly JobState[] = [...OPEN_STATES, ...FINAL_STATES];
const GROUPS = new Map<string, readonly JobState[]>([
  ['open', OPEN_STATES],
  ['ended', FINAL_STATES],
]);

/** Jobs in one state or group of states, newest first: those of the caller, and of tools that it may see. Only their owner gets their ids. */
export async function listJobs(jobs: JobCalls, context: HttpContext): Promise<Response> {
  const { state = '', limit = '100' } = context.req.query();
  const states = GROUPS.get(state) ?? STATES.filter((known) => known === state);
  const number = /^\d{1,4}$/.test(limit) ? Number(limit) : 0;
  if (states.length === 0 || number < 1 || number > 1000) return problemResponse(invalid);
  const principal = context.get('principal');
  const found = await jobs.list(states, number);
  const entries = found
    .filter((job) => mayKnowOfCall(principal, job))
    .map((job) => {
      const mayOpen = job.caller === principal.name || principal.scopes.includes('admin');
      return { ...describeJob(job), ...(!mayOpen && { executionId: null, message: '' }) };
    });
  return jsonResponse({ entries, next: null });
}

const invalid = problem(
  400,
  'validation_error',
  `state must be open, ended or one of ${STATES.join(', ')}; limit 1 to 1000.`,
);
