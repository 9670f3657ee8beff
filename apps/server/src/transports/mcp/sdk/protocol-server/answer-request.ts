/** `tools/call` and `prompts/get`: the requests answered by code that may need input from the client first. */
import { randomUUID } from 'node:crypto';

import {
  ProtocolError,
  ProtocolErrorCode,
  type CallToolResult,
  type GetPromptResult,
  type InputRequiredResult,
} from '@modelcontextprotocol/server';

import type { Principal } from '../../../../access/principal.ts';
import type { CatalogReader } from '../../../../catalog/catalog-reader.ts';
import { ClientInputRequests, type InputRound } from '../../client-input/client-input-requests.ts';
import { inputRequestCodec } from '../../client-input/input-request-codec.ts';
import { EXECUTION_STATUS } from '../../../../tools/execution-tool-names.ts';
import { addressOf, takeDeferredCall } from '../../handoff/request-extra.ts';
import { clientResult } from '../../protocol/client-result.ts';
import { askForJob } from './ask-for-job.ts';
import { callAsJob } from './call-as-job.ts';
import { refuseIdempotencyKey } from './idempotency-key.ts';
import { traceOf, type RequestContext } from '../connection/request-context.ts';
import { RequestNotices } from '../connection/request-notices.ts';
import { requireInput, requireInputForTool } from '../connection/require-input.ts';
import { NOT_AFFECTED, NOT_KNOWN, withJobStore } from './with-job-store.ts';

export async function callTool(
  request: RequestContext,
  principal: Principal,
  params: { name: string; arguments?: Record<string, unknown> | undefined },
): Promise<CallToolResult | InputRequiredResult> {
  const { dependencies, context } = request;
  const { gateway, jobs } = dependencies;
  const meant = gateway.meant({ name: params.name, arguments: params.arguments });
  const jobTool = jobs.calls.toolWithJobs(meant.name, principal);
  if (jobTool) {
    return withJobStore(request, NOT_KNOWN, () => callAsJob(request, principal, jobTool, meant.arguments));
  }
  refuseIdempotencyKey(context);
  if (meant.name === EXECUTION_STATUS) {
    const asked = await withJobStore(request, NOT_AFFECTED, () => askForJob(request, principal, meant.arguments));
    if (asked) return asked;
  }
  const notices = new RequestNotices(context, request.logging);
  const deferred = takeDeferredCall(context.http?.authInfo);
  const round = context.mcpReq.requestState<InputRound>();
  const clientInput =
    deferred?.inputRequests ?? inputRequestsOf(request, ['tools/call', params.name, params.arguments], round);
  const { onProgress } = notices;
  const result = deferred
    ? await deferred.join(notices.log, context.mcpReq.signal)
    : await gateway.call({
        name: params.name,
        arguments: params.arguments ?? {},
        principal,
        origin: { address: addressOf(context), client: request.client },
        session: context.sessionId,
        signal: context.mcpReq.signal,
        log: notices.log,
        ...traceOf(context),
        clientInput,
        ...(round && { correlationId: round.correlationId }),
        ...(onProgress && { onProgress }),
      });
  await notices.end();
  if (result.awaitingInput) return requireInputForTool(request, await clientInput.pending(result.meta.correlationId));
  if (result.error?.type === 'not_found') {
    // The specification makes an unknown tool a protocol error, not a tool result. The name is the client's own text
    // and is not repeated.
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, `${result.error.message} ${result.error.suggestion}`);
  }
  return clientResult(result, gateway.toolOf(params.name, params.arguments), request.client);
}

export async function getPrompt(
  request: RequestContext,
  reader: CatalogReader,
  { name, arguments: values }: { name: string; arguments?: Record<string, string> | undefined },
): Promise<GetPromptResult | InputRequiredResult> {
  const { dependencies, context } = request;
  const round = context.mcpReq.requestState<InputRound>();
  const clientInput = inputRequestsOf(request, ['prompts/get', name, values], round);
  try {
    const prompt = await dependencies.prompts.get(name, values ?? {}, reader, clientInput);
    if (!clientInput.awaiting) return prompt;
  } catch (error) {
    if (!clientInput.awaiting) throw error;
  }
  return requireInput(request, await clientInput.pending(round?.correlationId ?? randomUUID()));
}

function inputRequestsOf(
  { context, capabilities }: RequestContext,
  subject: readonly unknown[],
  round: InputRound | undefined,
): ClientInputRequests {
  const responses = context.mcpReq.inputResponses;
  return new ClientInputRequests({ subject, capabilities, round, responses, codec: inputRequestCodec });
}
