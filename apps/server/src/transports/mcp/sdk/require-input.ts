import { inputRequired, type InputRequiredResult } from '@modelcontextprotocol/server';

import type { ClientInputRequests } from '../client-input/client-input-requests.ts';
import { mayWaitForClient } from '../handoff/request-extra.ts';
import type { RequestContext } from './request-context.ts';

/** The answer to a request whose run awaits input: the input requests, and the state to send back with the responses. */
export async function requireInput(
  { dependencies, context }: RequestContext,
  { requests, round }: Awaited<ReturnType<ClientInputRequests['pending']>>,
): Promise<InputRequiredResult> {
  // In the 2026 revision the client sends its request again; a 2025-era client answers while the connection stays open.
  if (context.mcpReq.envelope === undefined && !mayWaitForClient(context)) throw new TooManyInputRequestsError();
  const requestState = await dependencies.inputState.mint(round, context);
  return inputRequired({ inputRequests: requests, requestState });
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
