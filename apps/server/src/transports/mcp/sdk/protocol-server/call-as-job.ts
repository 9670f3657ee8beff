/** `tools/call` of a tool whose runs can be jobs. */
import { type CallToolResult, type ClientCapabilities, type InputRequiredResult } from '@modelcontextprotocol/server';

import type { Principal } from '../../../../access/principal.ts';
import { handleText, jobHandle } from '../../../../calls/execution-tools/job-words.ts';
import { runInline } from '../../../../calls/inline-job.ts';
import type { JobTool } from '../../../../calls/job-calls.ts';
import { ClientInputRequests } from '../../client-input/client-input-requests.ts';
import { answeredBefore, type JobRound } from '../../client-input/job-input-requests.ts';
import { addressOf } from '../../handoff/request-extra.ts';
import { clientResult } from '../../protocol/client-result.ts';
import { declaresTasks, taskOf } from '../../protocol/task.ts';
import { inputOf } from './ask-for-job.ts';
import { idempotencyKeyOf } from './idempotency-key.ts';
import { traceOf, type RequestContext } from '../connection/request-context.ts';
import { RequestNotices } from '../connection/request-notices.ts';
import { requireInputForTool } from '../connection/require-input.ts';
import { requireTasks } from './task-requests.ts';

/** `required` is a job from the start; `auto` becomes one for the client when it takes long. */
export async function callAsJob(
  request: RequestContext,
  principal: Principal,
  tool: JobTool,
  given: unknown,
): Promise<CallToolResult | InputRequiredResult> {
  const { dependencies, context, client } = request;
  const { jobs } = dependencies;
  const isRequired = tool.job.mode === 'required';
  const isModern = context.mcpReq.envelope !== undefined;
  if (isRequired && isModern) requireTasks(request, `A call of ${tool.name}`);
  const hasTasks = isModern && declaresTasks(request.capabilities);
  const { taskAfterMs, inlineWaitMs } = jobs.waits();
  const waitMs = isRequired ? 0 : hasTasks ? taskAfterMs : inlineWaitMs;
  const notices = new RequestNotices(context, request.logging);
  const capabilities = askedCapabilities(request.capabilities);
  const outcome = await runInline(
    jobs.calls,
    {
      name: tool.name,
      arguments: given,
      principal,
      origin: { address: addressOf(context), client },
      ...traceOf(context),
      idempotencyKey: idempotencyKeyOf(context),
      clientInput: new ClientInputRequests({ subject: [], capabilities, round: undefined, responses: undefined }),
      capabilities,
      input: answeredBefore(context.mcpReq.requestState<JobRound>(), context.mcpReq.inputResponses),
    },
    { waitMs, signal: context.mcpReq.signal, observer: { log: notices.log, onProgress: notices.onProgress } },
  );
  await notices.end();
  switch (outcome.kind) {
    case 'result':
      return clientResult(outcome.result, tool, client);
    case 'input':
      return requireInputForTool(request, inputOf(outcome.job));
    case 'job':
      if (hasTasks) return { resultType: 'task', ...taskOf(outcome.job) } as unknown as CallToolResult;
      return {
        content: [{ type: 'text', text: handleText(outcome.job) }],
        structuredContent: { ...jobHandle(outcome.job) },
      };
  }
}

/** What a client can be asked for; the rest is of no use to a job and is not kept with it. */
function askedCapabilities(declared: ClientCapabilities | undefined): ClientCapabilities | undefined {
  if (!declared) return undefined;
  const { elicitation, sampling, roots } = declared;
  return { ...(elicitation && { elicitation }), ...(sampling && { sampling }), ...(roots && { roots }) };
}
