/** `execution_status` of a job that waits for its user: a client without tasks is asked within this call. */
import type { ClientCapabilities, InputRequest, InputRequiredResult } from '@modelcontextprotocol/server';

import type { Principal } from '../../../../access/principal.ts';
import type { JobRecord } from '../../../../jobs/record/job-record.ts';
import type { JobRound } from '../../client-input/job-input-requests.ts';
import type { RequestContext } from '../connection/request-context.ts';
import { requireInput } from '../connection/require-input.ts';

const CAPABILITIES: Readonly<Record<string, keyof ClientCapabilities>> = {
  'elicitation/create': 'elicitation',
  'sampling/createMessage': 'sampling',
  'roots/list': 'roots',
};

/** @returns undefined when nothing is to be asked: the call goes on, with the responses given to the job */
export async function askForJob(
  request: RequestContext,
  principal: Principal,
  given: unknown,
): Promise<InputRequiredResult | undefined> {
  const { calls } = request.dependencies.jobs;
  const { executionId } = (given ?? {}) as { readonly executionId?: unknown };
  const job = await calls.find(executionId, principal);
  if (job?.state !== 'waiting') return undefined;
  const { mcpReq } = request.context;
  const asked = mcpReq.requestState<JobRound>();
  if (asked?.correlationId === job.id && mcpReq.inputResponses !== undefined) {
    await (await calls.jobs()).respond(job.id, mcpReq.inputResponses);
    return undefined;
  }
  const input = inputOf(job);
  return canAnswer(input.requests, request.capabilities) ? requireInput(request, input) : undefined;
}

/** What a waiting job asks, as its client gets it. */
export function inputOf({ input }: JobRecord): { requests: Record<string, InputRequest>; round: JobRound } {
  return { requests: input?.requests as Record<string, InputRequest>, round: input?.round as JobRound };
}

function canAnswer(requests: Readonly<Record<string, InputRequest>>, capabilities: ClientCapabilities = {}): boolean {
  return Object.values(requests).every(({ method }) => {
    const needed = CAPABILITIES[method];
    return needed !== undefined && capabilities[needed] !== undefined;
  });
}
