import { NO_CLIENT_INPUT, type ClientInput } from '../declare/client-requests.ts';
import { ToolError } from '../result/tool-error.ts';
import type { Tool } from '../tool/tool.ts';
import { requireApprovals } from './approve.ts';
import { checkTargets } from './call-targets.ts';
import { checkInput } from './check-input.ts';
import { needsConfirmation, requireUser } from './confirm.ts';

/**
 * Why a call with these arguments would be refused before anything is started: for a server that runs it later.
 * Undefined when it would not, as far as can be said without resolving names.
 *
 * @param clientInput what the client can still be asked for then; nothing by default
 */
export async function unattendedProblem(
  tool: Tool,
  given: unknown,
  clientInput: ClientInput = NO_CLIENT_INPUT,
): Promise<ToolError | undefined> {
  try {
    checkTargets(tool, await checkInput(tool, given));
    if (tool.definition.confirm === 'operator') requireApprovals(undefined);
    if (needsConfirmation(tool.definition)) requireUser(clientInput);
    return undefined;
  } catch (error) {
    if (error instanceof ToolError) return error;
    throw error;
  }
}
