/** `tools/call` and `prompts/get`: the requests answered by code that may need input from the client first. */
import { randomUUID } from 'node:crypto';

import {
  inputRequired,
  ProtocolError,
  ProtocolErrorCode,
  type CallToolResult,
  type ClientCapabilities,
  type GetPromptResult,
  type Implementation,
  type InputRequiredResult,
  type ServerContext,
} from '@modelcontextprotocol/server';

import type { Principal } from '../../../access/principal.ts';
import { ClientInputRequests, type InputRound } from '../client-input/client-input-requests.ts';
import { inputRequestCodec } from '../client-input/input-request-codec.ts';
import { addressOf, mayWaitForClient, takeDeferredCall } from '../handoff/request-extra.ts';
import { clientResult } from '../protocol/client-result.ts';
import type { ClientLoggingLevel } from './logging-level.ts';
import type { ProtocolServerDependencies } from './protocol-server-dependencies.ts';
import { RequestNotices } from './request-notices.ts';

export interface RequestContext {
  readonly dependencies: ProtocolServerDependencies;
  readonly context: ServerContext;
  /** The level of tool logs that the client wants. */
  readonly logging: ClientLoggingLevel;
  /** As the client declared them. */
  readonly capabilities: ClientCapabilities | undefined;
  readonly client: Implementation | undefined;
}

/** Both from the same source: a `tracestate` belongs to its own `traceparent`. */
function traceOf({ mcpReq, http }: ServerContext): { traceparent: unknown; tracestate: unknown } {
  const { _meta: meta } = mcpReq;
  if (meta?.['traceparent'] !== undefined) return { traceparent: meta['traceparent'], tracestate: meta['tracestate'] };
  const headers = http?.req?.headers;
  return { traceparent: headers?.get('traceparent'), tracestate: headers?.get('tracestate') };
}

export async function callTool(
  request: RequestContext,
  principal: Principal,
  params: { name: string; arguments?: Record<string, unknown> | undefined },
): Promise<CallToolResult | InputRequiredResult> {
  const { dependencies, context } = request;
  const { gateway } = dependencies;
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
        signal: context.mcpReq.signal,
        log: notices.log,
        ...traceOf(context),
        clientInput,
        ...(round && { correlationId: round.correlationId }),
        ...(onProgress && { onProgress }),
      });
  await notices.end();
  if (result.awaitingInput) return requireInput(request, clientInput, result.meta.correlationId);
  if (result.error?.type === 'not_found') {
    // The specification makes an unknown tool a protocol error, not a tool result. The name is the client's own text
    // and is not repeated.
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, `${result.error.message} ${result.error.suggestion}`);
  }
  return clientResult(result, gateway.toolOf(params.name, params.arguments), request.client);
}

export async function getPrompt(
  request: RequestContext,
  { name, arguments: values }: { name: string; arguments?: Record<string, string> | undefined },
): Promise<GetPromptResult | InputRequiredResult> {
  const { dependencies, context } = request;
  const round = context.mcpReq.requestState<InputRound>();
  const clientInput = inputRequestsOf(request, ['prompts/get', name, values], round);
  try {
    const prompt = await dependencies.prompts.get(name, values, clientInput);
    if (!clientInput.awaiting) return prompt;
  } catch (error) {
    if (!clientInput.awaiting) throw error;
  }
  return requireInput(request, clientInput, round?.correlationId ?? randomUUID());
}

/** The answer to a request whose run awaits input: the input requests, and the state to send back with the responses. */
async function requireInput(
  { dependencies, context }: RequestContext,
  clientInput: ClientInputRequests,
  correlationId: string,
): Promise<InputRequiredResult> {
  // In the 2026 revision the client sends its request again; a 2025-era client answers while the connection stays open.
  if (context.mcpReq.envelope === undefined && !mayWaitForClient(context)) throw new TooManyInputRequestsError();
  const { requests, round } = await clientInput.pending(correlationId);
  const requestState = await dependencies.inputState.mint(round, context);
  return inputRequired({ inputRequests: requests, requestState });
}

function inputRequestsOf(
  { context, capabilities }: RequestContext,
  subject: readonly unknown[],
  round: InputRound | undefined,
): ClientInputRequests {
  const responses = context.mcpReq.inputResponses;
  return new ClientInputRequests({ subject, capabilities, round, responses, codec: inputRequestCodec });
}

/** The SDK answers with the code and the message. */
class TooManyInputRequestsError extends Error {
  override readonly name = 'TooManyInputRequestsError';
  readonly code = -32_000;

  constructor() {
    super(
      'resource_exhausted: Too many calls of this caller wait for input from their client. Answer or cancel one of them, then call again.',
    );
  }
}
