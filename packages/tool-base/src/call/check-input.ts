import type { StandardSchemaV1 } from '@standard-schema/spec';

import type { Tool } from '../tool/tool.ts';
import { isPromise } from './call.ts';
import { readValidation, requireArgumentObject } from './check-arguments.ts';
import { runSchema } from './run-schema.ts';

/**
 * Step 2: the arguments are what the tool's schema says; from here on they have its types.
 * @throws {ToolError} `validation_error`, or another type for a schema that fails
 */
export function checkInput(tool: Tool, given: unknown, signal?: AbortSignal): unknown {
  const object = requireArgumentObject(given, tool.argumentNames, tool.nullableArguments);
  const validated = runSchema(tool.definition.input, object, tool, signal);
  const read = (result: StandardSchemaV1.Result<unknown>): unknown =>
    readValidation(result, object, tool.inputJsonSchema);
  return isPromise(validated) ? validated.then(read) : read(validated);
}
