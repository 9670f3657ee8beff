import type { StandardSchemaV1 } from '@standard-schema/spec';

import { ToolError } from '../result/tool-error.ts';
import type { Tool } from '../tool/tool.ts';
import { isPromise } from './call.ts';
import { Deadline, UNSETTLED } from './deadline.ts';
import { toolThrew } from './unexpected-error.ts';

type Result = StandardSchemaV1.Result<unknown>;

/**
 * A schema is code of the tool: when it throws, gives no result or does not end, the tool has failed.
 * @throws {ToolError} `execution_error`, `timeout` or `cancelled`
 */
export function runSchema(
  schema: StandardSchemaV1,
  value: unknown,
  tool: Tool,
  signal: AbortSignal | undefined,
): Result | Promise<Result> {
  let validated: Result | PromiseLike<Result>;
  try {
    validated = schema['~standard'].validate(value);
  } catch (error) {
    throw toolThrew(error);
  }
  return isPromise(validated) ? settled(validated, tool, signal) : requireResult(validated);
}

async function settled(validating: PromiseLike<Result>, tool: Tool, signal: AbortSignal | undefined): Promise<Result> {
  const deadline = new Deadline(tool.clock, tool.limits.timeoutMs, signal);
  const result = await deadline.race(validating, 0).catch((error: unknown) => {
    throw toolThrew(error);
  });
  if (result !== UNSETTLED) return requireResult(result);
  throw deadline.stopReason === 'cancelled'
    ? new ToolError('cancelled', 'The call was cancelled while its schema was checked.')
    : new ToolError('timeout', 'The schema of the tool was not checked in time.');
}

function requireResult(result: unknown): Result {
  if (typeof result === 'object' && result !== null && ('issues' in result || 'value' in result)) {
    return result as Result;
  }
  throw toolThrew(new TypeError('The schema of the tool gave neither a value nor issues.'));
}
