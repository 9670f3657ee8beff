/** A job in words and as data, for models. */
import { describeJob, type JobDescription } from '../job-description.ts';
import { isFinal, type JobRecord } from '../../jobs/record/job-record.ts';
import { EXECUTION_CANCEL, EXECUTION_OUTPUT, EXECUTION_STATUS } from '../../tools/execution-tool-names.ts';

export type JobHandle = Pick<JobDescription, 'executionId' | 'tool' | 'state' | 'message' | 'output' | 'pollAfterMs'>;

export const MAX_WAIT_MS = 20_000;

export function jobHandle(job: JobRecord): JobHandle {
  const { executionId, tool, state, message, output, pollAfterMs } = describeJob(job);
  return { executionId, tool, state, message, output, pollAfterMs };
}

/** For whoever started the job and does not know its id yet. */
export function handleText(job: JobRecord): string {
  const status = `${EXECUTION_STATUS} with {"executionId": "${job.id}", "waitMs": ${MAX_WAIT_MS}}`;
  return [
    `${job.tool} is not done: it goes on as execution ${job.id}. ${stateText(job)}`,
    `Call ${status} until it has ended, to get its result; do not call ${job.tool} again for it. ${EXECUTION_OUTPUT} reads what it has printed so far, ${EXECUTION_CANCEL} ends it.`,
  ].join('\n');
}

export function stateText(job: JobRecord): string {
  if (isFinal(job)) return `The execution has ended: ${job.state}${afterText(job)}.`;
  const printed = job.stdoutBytes + job.stderrBytes;
  const output = printed === 0 ? '' : ` ${printed} bytes of output so far.`;
  const last = job.message === '' ? '' : ` Last line: ${job.message}`;
  return `${STATES[job.state as keyof typeof STATES]}${output}${last}`;
}

const STATES = {
  queued: 'It waits for a free slot.',
  running: 'It is running.',
  cancelling: 'It is being cancelled.',
  waiting: `It waits for input from its user; ${EXECUTION_STATUS} asks for it, where the client can.`,
};

function afterText({ startedAt, endedAt }: JobRecord): string {
  return startedAt === 0 ? ', without having started' : ` after ${Math.round((endedAt - startedAt) / 1000)} s`;
}
