/** The two requests whose answer is made by code that may ask the client first: `tools/call` and `prompts/get`. */
import { randomUUID } from 'node:crypto';

import {
  inputRequired,
  ProtocolError,
  ProtocolErrorCode,
  type CallToolResult,
  type ClientCapabilities,
  type GetPromptResult,
  type InputRequiredResult,
  type ServerContext,
} from '@modelcontextprotocol/server';

import type { Principal } from '../../../access/principal.ts';
import { ClientQuestions, type InputRound } from '../client-input/client-input-requests.ts';
import { handOverKey } from '../handoff/call-handoffs.ts';
import type { ProtocolServerParts } from './protocol-server-context.ts';
import { questionWording } from '../client-input/input-request-codec.ts';
import type { ClientLoggingLevel } from './logging-level.ts';
import { RequestNotices } from './request-notices.ts';
import { toCallToolResult } from '../protocol/tool-result.ts';

export interface RequestScene {
  readonly parts: ProtocolServerParts;
  readonly context: ServerContext;
  /** What the client wants to hear of what tools log. */
  readonly logging: ClientLoggingLevel;
  /** What the client said that it can do. */
  readonly capabilities: ClientCapabilities | undefined;
}

/** Both from the same place: a list belongs to its own trace. */
function traceOf({ mcpReq, http }: ServerContext): { traceparent: unknown; tracestate: unknown } {
  const { _meta: meta } = mcpReq;
  if (meta?.['traceparent'] !== undefined) return { traceparent: meta['traceparent'], tracestate: meta['tracestate'] };
  const headers = http?.req?.headers;
  return { traceparent: headers?.get('traceparent'), tracestate: headers?.get('tracestate') };
}

export async function callTool(
  scene: RequestScene,
  principal: Principal,
  params: { name: string; arguments?: Record<string, unknown> | undefined },
): Promise<CallToolResult | InputRequiredResult> {
  const { parts, context } = scene;
  const notices = new RequestNotices(context, scene.logging);
  const begun = parts.handOvers.take(context.http?.req ?? context.mcpReq._meta?.[handOverKey]);
  const round = context.mcpReq.requestState<InputRound>();
  const questions = begun?.questions ?? questionsOf(scene, ['tools/call', params.name, params.arguments], round);
  const { onProgress } = notices;
  const result = begun
    ? await begun.join(notices.log, context.mcpReq.signal)
    : await parts.gateway.call({
        name: params.name,
        arguments: params.arguments ?? {},
        principal,
        signal: context.mcpReq.signal,
        log: notices.log,
        ...traceOf(context),
        clientInput: questions,
        ...(round && { correlationId: round.correlationId }),
        ...(onProgress && { onProgress }),
      });
  await notices.sent;
  if (result.awaitingInput) return askClient(scene, questions, result.meta.correlationId);
  if (result.error?.type === 'not_found') {
    // The specification makes an unknown tool a protocol error, not a tool result. The name is the client's own text
    // and is not repeated.
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, `${result.error.message} ${result.error.suggestion}`);
  }
  return toCallToolResult(result, parts.gateway.registry.get(params.name));
}

export async function getPrompt(
  scene: RequestScene,
  { name, arguments: values }: { name: string; arguments?: Record<string, string> | undefined },
): Promise<GetPromptResult | InputRequiredResult> {
  const { parts, context } = scene;
  const round = context.mcpReq.requestState<InputRound>();
  const questions = questionsOf(scene, ['prompts/get', name, values], round);
  try {
    const prompt = await parts.prompts.get(name, values, questions);
    if (!questions.awaiting) return prompt;
  } catch (error) {
    if (!questions.awaiting) throw error;
  }
  return askClient(scene, questions, round?.correlationId ?? randomUUID());
}

/** The answer to a request whose run is awaiting: the questions, and what to send back with the answers. */
async function askClient(
  { parts, context }: RequestScene,
  questions: ClientQuestions,
  correlationId: string,
): Promise<InputRequiredResult> {
  const { requests, round } = await questions.pending(correlationId);
  return inputRequired({ inputRequests: requests, requestState: await parts.seal.mint(round, context) });
}

function questionsOf(
  { context, capabilities }: RequestScene,
  subject: readonly unknown[],
  round: InputRound | undefined,
): ClientQuestions {
  const responses = context.mcpReq.inputResponses;
  return new ClientQuestions({ subject, capabilities, round, responses, wording: questionWording });
}
