/** Whether structured results are what the upstream said that they would be. */
import { ToolError, toolContent, type ToolContent } from '@mcp/tool-base';

import type { Members } from '../connection/take-apart.ts';
import type { StructuredMode } from '../upstream-options.ts';
import type { UpstreamStatistics } from '../upstream-statistics.ts';
import { argumentSchema } from './argument-schema.ts';

/** @throws {ToolError} `execution_error` for a result that does not match, where that is not accepted */
export type StructuredCheck = (output: ToolContent) => ToolContent;

/** @returns undefined where there is nothing to check */
export function structuredCheck(
  { key, mode, statistics }: { key: string; mode: StructuredMode; statistics: UpstreamStatistics },
  outputSchema: Members | undefined,
): StructuredCheck | undefined {
  if (mode === 'off' || outputSchema === undefined) return undefined;
  const schema = argumentSchema(outputSchema)['~standard'];
  return (output) => {
    const result = output.structured === undefined ? undefined : schema.validate(output.structured);
    if (result !== undefined && !(result instanceof Promise) && result.issues === undefined) return output;
    statistics.structuredMismatches += 1;
    if (mode === 'warn') return output;
    throw new ToolError('execution_error', `The structured result of the upstream ${key} does not match its schema.`, {
      output: toolContent({ content: [...output.content] }),
      suggestion: 'The tool has run: do not repeat a call that changes something. The text of the result is below.',
    });
  };
}
