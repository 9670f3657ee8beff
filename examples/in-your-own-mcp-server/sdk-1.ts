/** Tools of @mcp/tool-base in a server of your own, with `@modelcontextprotocol/sdk` 1.x. */
import { callTool, toCallToolResult, toListedTool } from '@mcp/tool-base';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { CallToolRequestSchema, ErrorCode, ListToolsRequestSchema, McpError } from '@modelcontextprotocol/sdk/types.js';

import { openTools } from './tools.ts';

const registry = await openTools();
const server = new Server({ name: 'mine', version: '1.0.0' }, { capabilities: { tools: { listChanged: true } } });
server.setRequestHandler(ListToolsRequestSchema, () => ({
  tools: registry.list({ enabledOnly: true }).map(toListedTool),
}));
server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal }) => {
  const tool = registry.get(params.name);
  if (!tool) throw new McpError(ErrorCode.InvalidParams, 'There is no tool of that name.');
  const result = await callTool(tool, { arguments: params.arguments ?? {}, caller: { name: 'stdio' }, signal });
  return toCallToolResult(result, tool);
});
registry.on('changed', () => void server.sendToolListChanged());
await server.connect(new StdioServerTransport());
