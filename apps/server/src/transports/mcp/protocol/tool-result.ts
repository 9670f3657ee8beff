import { ToolError, type Tool, type ToolResult, type ToolResultError } from '@mcp/tool-base';
import type { CallToolResult } from '@modelcontextprotocol/server';

import { rejectedResult } from '../../../calls/call-outcome.ts';

/** The member of `_meta` with the error of a failed call for programs: type, retry time, correlation id. @internal */
export const ERROR_META_KEY = 'mcp-server/error';

/**
 * A tool result as MCP writes it. Every error of the pipeline is an `isError` result whose text says what to do next, so
 * that the model reads it; only an unknown tool is a protocol error, which the caller of this function throws.
 */
export function toCallToolResult(result: ToolResult, tool: Tool | undefined): CallToolResult {
  const { error } = result;
  return {
    content: result.content as CallToolResult['content'],
    ...(hasStructuredContent(result, tool) && { structuredContent: result.structured }),
    ...(error && { isError: true, _meta: errorMeta(error) }),
  };
}

export function errorMeta({ type, retryAfterMs, correlationId }: ToolResultError): Record<string, unknown> {
  return { [ERROR_META_KEY]: { type, ...(retryAfterMs !== undefined && { retryAfterMs }), correlationId } };
}

/**
 * Some clients check structured content against the tool's output schema even when the call failed. Of the failures
 * only a program that ran and failed has content of that shape.
 */
export function hasStructuredContent({ structured, error }: ToolResult, tool: Tool | undefined): boolean {
  if (tool?.outputJsonSchema === undefined) return Object.keys(structured).length > 0;
  return error === undefined || (tool.definition.kind === 'command' && 'exitCode' in structured);
}

/** A tool returned an object that cannot be written as JSON: a cycle, a BigInt, a `toJSON` that throws. */
export class ResultSerializationError extends Error {
  override readonly name = 'ResultSerializationError';
  readonly correlationId: string;

  constructor(correlationId: string, cause: unknown) {
    super('The result of a tool cannot be written as JSON.', { cause });
    this.correlationId = correlationId;
  }
}

/** What the client gets instead of a result that cannot be written. */
export function unserializableResult({ meta }: ToolResult): ToolResult {
  const error = new ToolError('internal_error', 'The tool returned a result that cannot be written as JSON.', {
    suggestion: 'This is a defect of the tool: report it to the operator and do not retry.',
  });
  return rejectedResult(error, meta.correlationId);
}
