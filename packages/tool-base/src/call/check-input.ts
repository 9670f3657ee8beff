import { ToolError } from '../result/tool-error.ts';
import type { Tool } from '../tool/tool.ts';
import { isPromise } from './call.ts';
import { checkTargets } from './call-targets.ts';
import { readValidation, requireArgumentObject } from './check-arguments.ts';

/**
 * Step 2: the arguments are what the tool's schema says; from here on they have its types.
 * @throws {ToolError} `validation_error`
 */
export function checkInput(tool: Tool, given: unknown): unknown {
  const object = requireArgumentObject(given, tool.argumentNames, tool.nullableArguments);
  const validated = tool.definition.input['~standard'].validate(object);
  return isPromise(validated) ? validated.then(readValidation) : readValidation(validated);
}

/**
 * Why a call with these arguments would be refused before anything is started: for a server that runs it later. Undefined when it
 * would not, as far as can be said without resolving names.
 */
export async function argumentProblem(tool: Tool, given: unknown): Promise<ToolError | undefined> {
  try {
    checkTargets(tool, await checkInput(tool, given));
    return undefined;
  } catch (error) {
    if (error instanceof ToolError) return error;
    throw error;
  }
}
