import { NO_CLIENT_INPUT, type ClientInput, type UserResponse } from '../declare/client-requests.ts';
import type { ToolDefinition } from '../declare/tool-definition.ts';
import { sanitizeText } from '../result/sanitize-text.ts';
import { ToolError } from '../result/tool-error.ts';
import type { Tool } from '../tool/tool.ts';
import type { Call } from './call.ts';
import { inputAwaited } from './classify.ts';

/** Of the arguments in the message to the person. */
const MAX_SHOWN_LENGTH = 1000;
/** The name of the input request; input requests of the tool itself have others. */
const KEY = 'confirmation_of_the_call';

/**
 * Where the tool asks for it, the client's user agrees to the call, before it is admitted. Nothing waits here: without an answer the call ends, and
 * the client repeats it with the answer; one that never comes is a no.
 */
export function confirm(tool: Tool, call: Call): void | Promise<void> {
  if (!needsConfirmation(tool.definition)) return;
  const { clientInput = NO_CLIENT_INPUT } = call.request;
  requireUser(clientInput);
  return ask(tool, call);
}

/** @throws {ToolError} `forbidden` when the client cannot ask its user */
export function requireUser(clientInput: ClientInput): void {
  if (!clientInput.canAsk('user')) {
    throw new ToolError(
      'forbidden',
      'A person must agree to every call of this tool, and this client cannot ask one.',
      {
        suggestion:
          'Call it over MCP from a client that can ask its user (elicitation), or have the operator change confirm of the tool.',
      },
    );
  }
}

export function needsConfirmation({ confirm: mode, annotations = {} }: ToolDefinition): boolean {
  // As in MCP, a tool may destroy something unless it says otherwise.
  if (mode === 'whenDestructive') return annotations.readOnlyHint !== true && annotations.destructiveHint !== false;
  return mode === 'always';
}

async function ask(tool: Tool, call: Call): Promise<void> {
  const { clientInput = NO_CLIENT_INPUT } = call.request;
  let response: UserResponse;
  try {
    response = await clientInput.askUser({
      key: KEY,
      message: `Allow this call of the tool ${tool.name}? Arguments: ${shown(call.request.arguments)}`,
      form: { type: 'object', properties: {} },
    });
  } catch (error) {
    throw clientInput.awaiting ? inputAwaited() : error;
  }
  call.confirmation = ANSWERS[response.action];
  if (response.action === 'accept') return;
  throw new ToolError('forbidden', `The user has not allowed this call (${call.confirmation}).`, {
    suggestion: 'Do not call it again with these arguments unless the user asks for it.',
  });
}

const ANSWERS = { accept: 'allowed', decline: 'declined', cancel: 'dismissed' } as const;

function shown(values: unknown): string {
  const { text } = sanitizeText(JSON.stringify(values ?? {}));
  return text.length <= MAX_SHOWN_LENGTH ? text : `${text.slice(0, MAX_SHOWN_LENGTH)}… (${text.length} characters)`;
}
