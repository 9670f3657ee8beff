import type { Tool } from '../tool/tool.ts';
import { isPromise } from './call.ts';
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
