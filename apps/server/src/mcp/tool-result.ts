import type { Tool, ToolResult } from '@mcp/tool-base';
import type { CallToolResult } from '@modelcontextprotocol/server';

/**
 * A tool result in MCP's words. Every error of the pipeline is an `isError` result whose text says what to do next, so
 * that the model reads it; only an unknown tool is a protocol error, and that is the endpoint's to throw.
 *
 * A failed call of a tool that publishes its author's output schema carries no structured content: clients check what is there
 * against that schema, and an error does not have its shape.
 */
export function toCallToolResult(result: ToolResult, tool: Tool | undefined): CallToolResult {
  return {
    content: result.content as CallToolResult['content'],
    ...(bringsStructuredContent(result, tool) && { structuredContent: result.structured }),
    ...(result.error && { isError: true }),
  };
}

export function bringsStructuredContent(result: ToolResult, tool: Tool | undefined): boolean {
  return !result.error || (tool?.definition.output === undefined && tool?.definition.outputJsonSchema === undefined);
}
