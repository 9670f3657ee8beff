import type { ClientCapabilities } from '@modelcontextprotocol/server';

import type { JobInputRequests } from '../../../calls/job-calls.ts';
import type { JobInput, JobRecord } from '../../../jobs/record/job-record.ts';
import { ClientInputRequests, type InputRound } from './client-input-requests.ts';

/** What a job keeps between two of its runs, in the place of what would travel through the client. */
export interface JobRound extends InputRound {
  /** How often the job has asked. */
  readonly leg: number;
}

/**
 * The client input requests of one run of a job. The run ends with them, its job waits without a process, and the next run gets the
 * responses. A key is never used twice in the life of a job: it begins with the number of the run that asked.
 */
export function jobInputRequests(
  job: Pick<JobRecord, 'id' | 'tool' | 'arguments' | 'capabilities' | 'input'>,
): JobInputRequests {
  // Only this function and a state that this server sealed put a round there.
  const round = job.input?.round as JobRound | undefined;
  const leg = round?.leg ?? 0;
  const clientInput = new ClientInputRequests({
    subject: ['tools/call', job.tool, job.arguments],
    capabilities: job.capabilities as ClientCapabilities | undefined,
    round,
    responses: job.input && ownKeys(job.input.responses, leg),
  });
  return {
    clientInput,
    async pending() {
      const { requests, round: asked } = await clientInput.pending(job.id);
      const next = leg + 1;
      return {
        requests: withPrefix(requests, next),
        responses: {},
        round: { ...asked, leg: next } satisfies JobRound,
      };
    },
  };
}

/** For a job whose client answered before it was created. */
export function answeredBefore(
  round: JobRound | undefined,
  responses: Readonly<Record<string, unknown>> | undefined,
): JobInput | undefined {
  return round && { requests: {}, responses: responses ?? {}, round };
}

function withPrefix<T>(byKey: Readonly<Record<string, T>>, leg: number): Record<string, T> {
  return Object.fromEntries(Object.entries(byKey).map(([key, value]) => [`${leg}.${key}`, value]));
}

function ownKeys(byKey: JobInput['responses'], leg: number): Record<string, unknown> {
  const prefix = `${leg}.`;
  const own = Object.entries(byKey).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value]));
}
