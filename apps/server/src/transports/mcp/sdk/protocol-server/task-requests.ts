/** `tasks/get`, `tasks/update` and `tasks/cancel` of the tasks extension. */
import {
  MissingRequiredClientCapabilityError,
  ProtocolError,
  ProtocolErrorCode,
  type Result,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server';

import type { Principal } from '../../../../access/principal.ts';
import { isFinal, type JobRecord } from '../../../../jobs/record/job-record.ts';
import { declaresTasks, detailedTask, TASKS_CAPABILITY, TASKS_EXTENSION } from '../../protocol/task.ts';
import { anything } from '../connection/anything.ts';
import type { RequestContext } from '../connection/request-context.ts';
import { NOT_AFFECTED, withJobStore } from './with-job-store.ts';

export interface TaskRequestsOptions {
  readonly contextOf: (context: ServerContext) => RequestContext;
  readonly callerOf: (context: ServerContext) => Principal;
}

interface TaskRequest {
  readonly job: JobRecord;
  readonly request: RequestContext;
  readonly principal: Principal;
}

/** For an instance that serves requests of the 2026 revision, and a caller who may start jobs. */
export function serveTasks(server: Server, { contextOf, callerOf }: TaskRequestsOptions): void {
  const serve = (method: string, answer: (request: TaskRequest) => Promise<object>): void =>
    server.setRequestHandler(method, { params: anything }, async (params, context) => {
      const request = contextOf(context);
      requireTasks(request, method);
      const principal = callerOf(context);
      const { taskId } = (params ?? {}) as { readonly taskId?: unknown };
      const job = await withJobStore(request, NOT_AFFECTED, () =>
        request.dependencies.jobs.calls.find(taskId, principal),
      );
      if (!job) throw noSuchTask();
      return (await withJobStore(request, NOT_AFFECTED, () => answer({ job, request, principal }))) as Result;
    });
  serve('tasks/get', async ({ job, request }) => detailedTask(job, request.dependencies.gateway, request.client));
  serve('tasks/update', async ({ job, request }) => {
    // The SDK moves this member out of the params of every request.
    const { inputResponses } = request.context.mcpReq;
    if (inputResponses === undefined) throw noResponses();
    const jobs = await request.dependencies.jobs.calls.jobs();
    await jobs.respond(job.id, inputResponses);
    return {};
  });
  serve('tasks/cancel', async ({ job, request, principal }) => {
    const jobs = await request.dependencies.jobs.calls.jobs();
    if (!isFinal(job)) await jobs.cancel(job.id, principal.name);
    return {};
  });
}

/** @throws {MissingRequiredClientCapabilityError} unless the request declares the extension */
export function requireTasks({ capabilities }: Pick<RequestContext, 'capabilities'>, what: string): void {
  if (declaresTasks(capabilities)) return;
  throw new MissingRequiredClientCapabilityError(
    { requiredCapabilities: TASKS_CAPABILITY },
    `${what} needs a client with the tasks extension: declare ${TASKS_EXTENSION} in the client capabilities of this request.`,
  );
}

/** The same for a task that is foreign, expired or was never there. */
function noSuchTask(): ProtocolError {
  return new ProtocolError(
    ProtocolErrorCode.InvalidParams,
    'There is no such task. Use the taskId as it was answered; an ended task is kept for a day by default.',
  );
}

function noResponses(): ProtocolError {
  return new ProtocolError(
    ProtocolErrorCode.InvalidParams,
    'tasks/update needs params.inputResponses, an object of responses by the keys of inputRequests.',
  );
}
