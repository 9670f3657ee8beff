import { toCallToolResult, type CallToolResult, type Tool, type ToolResult } from '@mcp/tool-base';
import type { Implementation } from '@modelcontextprotocol/server';

/**
 * Clients that give `_meta` of a successful result to the model: as JSON around the text, which then costs the model up to
 * twice as much. Their programs cannot read `_meta` otherwise, so nothing is lost without it.
 */
const CLIENTS_THAT_SHOW_META: ReadonlySet<string | undefined> = new Set(['@langchain/mcp-adapters']);

/** @param client as it introduced itself */
export function clientResult(
  result: ToolResult,
  tool: Tool | undefined,
  client: Pick<Implementation, 'name'> | undefined,
): CallToolResult {
  const written = toCallToolResult(result, tool);
  if (!result.ok || written._meta === undefined || !CLIENTS_THAT_SHOW_META.has(client?.name)) return written;
  const { _meta: _, ...shown } = written;
  return shown;
}
