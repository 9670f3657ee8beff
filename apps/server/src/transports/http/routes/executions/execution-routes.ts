import * as v from 'valibot';

import type { ActiveCredentials } from '../../../../access/active-credentials.ts';
import type { JobCalls } from '../../../../calls/job-calls.ts';
import { describeJob, failureOf, resultOf } from '../../../../calls/job-description.ts';
import { isFinal, type JobRecord } from '../../../../jobs/record/job-record.ts';
import { problem, problemResponse } from '../../../../foundation/problem-details.ts';
import type { StreamQuota } from '../../../mcp/protocol/stream-quota.ts';
import { jsonResponse, type HttpContext } from '../../routing/request-context.ts';
import type { Route } from '../../routing/route.ts';
import { followResponse, outputResponse } from './output-response.ts';

export interface ExecutionRoutesDependencies {
  readonly jobs: JobCalls;
  readonly callers: ActiveCredentials;
  /** Of clients that follow output. */
  readonly followers: StreamQuota;
}

export const executionResponse: v.GenericSchema = v.looseObject({
  executionId: v.string(),
  tool: v.string(),
  state: v.string(),
  output: v.object({ stdoutBytes: v.number(), stderrBytes: v.number(), removed: v.boolean() }),
  pollAfterMs: v.nullable(v.number()),
});

const NO_SUCH_EXECUTION = { 404: { description: 'There is no such execution, or not for this caller' } } as const;

/** `/executions/{id}`: one job, its output, its end. */
export function executionRoutes(dependencies: ExecutionRoutesDependencies): Route[] {
  const withJob =
    (handle: (context: HttpContext, job: JobRecord) => Promise<Response>): Route['handle'] =>
    async (context) => {
      const job = await dependencies.jobs.find(context.req.param('id'), context.get('principal'));
      return job ? handle(context, job) : problemResponse(noSuchExecution);
    };
  return [
    {
      method: 'GET',
      path: '/executions/:id',
      scope: 'tools:call',
      operation: 'get_execution',
      summary: 'One execution that runs or ran as a job: state, progress, and the result once it has ended',
      responses: { 200: { description: 'The execution', schema: executionResponse }, ...NO_SUCH_EXECUTION },
      handle: withJob(async (_, job) => jsonResponse(executionBody(job))),
    },
    {
      method: 'GET',
      path: '/executions/:id/output',
      scope: 'tools:call',
      operation: 'get_execution_output',
      summary: 'What the program of an execution printed, also while it runs; with a Range header a part of it',
      query: {
        stream: 'stdout (default) or stderr',
        follow: 'true: as server-sent events until the end; Last-Event-ID goes on where the client stopped',
      },
      responses: {
        200: { description: 'The output so far', contentType: 'text/plain' },
        206: { description: 'The range', contentType: 'text/plain' },
        400: { description: 'A query parameter is invalid' },
        ...NO_SUCH_EXECUTION,
        410: { description: 'The output was removed, the result was not' },
        416: { description: 'The range begins beyond the end' },
        429: { description: 'This caller follows too many executions' },
      },
      handle: withJob((context, job) => output(dependencies, context, job)),
    },
    {
      method: 'DELETE',
      path: '/executions/:id',
      scope: 'tools:call',
      operation: 'cancel_execution',
      summary: 'Cancel an execution; one that has ended stays as it is',
      responses: {
        202: { description: 'It is being cancelled, or has ended', schema: executionResponse },
        ...NO_SUCH_EXECUTION,
      },
      handle: withJob((context, job) => cancel(dependencies, job, context.get('principal').name)),
    },
  ];
}

/** The result in the form of `POST /tools/{name}/execute`. */
export function executionBody(job: JobRecord): Record<string, unknown> {
  const result = resultOf(job);
  const failure = failureOf(job);
  return {
    ...describeJob(job),
    ...(result && {
      result: { ok: result.ok, content: result.content, structuredContent: result.structured, ...result.meta },
    }),
    ...(failure && { error: failure }),
  };
}

async function cancel({ jobs }: ExecutionRoutesDependencies, job: JobRecord, by: string): Promise<Response> {
  const all = await jobs.jobs();
  if (!isFinal(job)) await all.cancel(job.id, by);
  return jsonResponse(executionBody((await all.get(job.id)) ?? job), 202);
}

async function output(
  { jobs, callers, followers }: ExecutionRoutesDependencies,
  context: HttpContext,
  job: JobRecord,
): Promise<Response> {
  const { stream = 'stdout', follow = 'false' } = context.req.query();
  if (stream !== 'stdout' && stream !== 'stderr') return invalidQuery('stream must be stdout or stderr');
  if (follow !== '' && follow !== 'true' && follow !== 'false') return invalidQuery('follow must be true or false');
  const request = { jobs: await jobs.jobs(), job, stream } as const;
  if (follow === 'false') {
    return outputResponse(request, context.req.header('range'), () => void context.env.outgoing.destroy());
  }
  const principal = context.get('principal');
  const place = followers.acquire(principal.name);
  if (!place) return problemResponse(tooManyFollowers);
  const lastId = context.req.header('last-event-id') ?? '';
  return followResponse(
    request,
    /^\d{1,15}$/.test(lastId) ? Number(lastId) : 0,
    () => callers.has(principal),
    () => place[Symbol.dispose](),
  );
}

function invalidQuery(message: string): Response {
  return problemResponse(problem(400, 'validation_error', `${message}.`));
}

const noSuchExecution = problem(404, 'no_such_execution', 'There is no such execution.', {
  suggestion:
    'Its id is in the Location header of the response that started it; an ended one is kept for a day by default.',
});

const tooManyFollowers = problem(429, 'resource_exhausted', 'This caller follows as many executions as it may.', {
  suggestion: 'Close one of the streams, or poll GET /executions/{id}.',
  retryAfterMs: 15_000,
});
