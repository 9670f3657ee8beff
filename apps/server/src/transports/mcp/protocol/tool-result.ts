import type { Tool, ToolResult, ToolResultError } from '@mcp/tool-base';
import type { CallToolResult } from '@modelcontextprotocol/server';

/** Where a failed call tells programs what it tells the model in words: type, retry time, correlation id. @internal */
export const errorMetaKey = 'mcp-server/error';

/**
 * A tool result in MCP's words. Every error of the pipeline is an `isError` result whose text says what to do next, so
 * that the model reads it; only an unknown tool is a protocol error, and that is the endpoint's to throw.
 */
export function toCallToolResult(result: ToolResult, tool: Tool | undefined): CallToolResult {
  const { error } = result;
  return {
    content: result.content as CallToolResult['content'],
    ...(bringsStructuredContent(result, tool) && { structuredContent: result.structured }),
    ...(error && { isError: true, _meta: errorMeta(error) }),
  };
}

export function errorMeta({ type, retryAfterMs, correlationId }: ToolResultError): Record<string, unknown> {
  return { [errorMetaKey]: { type, ...(retryAfterMs !== undefined && { retryAfterMs }), correlationId } };
}

/**
 * Some clients check structured content against the tool's output schema even when the call failed. Of the failures
 * only a program that ran and ended badly has content of that shape.
 */
export function bringsStructuredContent({ structured, error }: ToolResult, tool: Tool | undefined): boolean {
  if (tool?.outputJsonSchema === undefined) return Object.keys(structured).length > 0;
  return error === undefined || (tool.definition.kind === 'command' && 'exitCode' in structured);
}
