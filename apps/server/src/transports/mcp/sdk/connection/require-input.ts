import { errorText, ToolError } from '@mcp/tool-base';
import {
  inputRequired,
  type CallToolResult,
  type ClientCapabilities,
  type InputRequest,
  type InputRequiredResult,
} from '@modelcontextprotocol/server';

import type { ClientInputRequests } from '../../client-input/client-input-requests.ts';
import { mayWaitForClient } from '../../handoff/request-extra.ts';
import { TooManyInputRequestsError } from './too-many-input-requests-error.ts';
import type { RequestContext } from './request-context.ts';

/** The answer to a request whose run awaits input: the input requests, and the state to send back with the responses. */
export async function requireInput(
  { dependencies, context, capabilities }: RequestContext,
  { requests, round }: Awaited<ReturnType<ClientInputRequests['pending']>>,
): Promise<InputRequiredResult> {
  // In the 2026 revision the client sends its request again; a 2025-era client answers while the connection stays open.
  if (context.mcpReq.envelope === undefined) {
    for (const input of Object.values(requests)) requireSupport(input, capabilities);
    if (!mayWaitForClient(context)) throw new TooManyInputRequestsError();
  }
  const requestState = await dependencies.inputState.mint(round, context);
  return inputRequired({ inputRequests: requests, requestState });
}

/** As {@link requireInput}; what the client cannot be asked for is a result, which its model reads. */
export async function requireInputForTool(
  request: RequestContext,
  pending: Awaited<ReturnType<ClientInputRequests['pending']>>,
): Promise<CallToolResult | InputRequiredResult> {
  try {
    return await requireInput(request, pending);
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    const { type, message, suggestion } = error;
    const text = errorText({ type, message, suggestion, correlationId: pending.round.correlationId });
    return { content: [{ type: 'text', text }], isError: true };
  }
}

/** The SDK would answer with a text of its own. @throws {ToolError} */
function requireSupport({ method, params }: InputRequest, capabilities: ClientCapabilities | undefined): void {
  const { elicitation, sampling, roots } = capabilities ?? {};
  switch (method) {
    case 'elicitation/create': {
      const isLink = params.mode === 'url';
      const isSupported = isLink ? elicitation?.url : (elicitation?.form ?? (elicitation && !elicitation.url));
      if (!isSupported) throw unsupportedInput(isLink ? 'the user to open a link' : "the user's input");
      return;
    }
    case 'sampling/createMessage':
      if (!sampling) throw unsupportedInput("a completion by the client's model");
      return;
    case 'roots/list':
      if (!roots) throw unsupportedInput("the client's roots");
  }
}

function unsupportedInput(what: string): ToolError {
  return new ToolError('tool_error', `This needs ${what}, which the client does not support.`, {
    suggestion: 'Use a client that supports elicitation, sampling and roots, or continue without it.',
  });
}
