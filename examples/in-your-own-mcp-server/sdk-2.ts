/** Tools of @mcp/tool-base in a server of your own, with `@modelcontextprotocol/server` 2.x. */
import { callTool, toCallToolResult, toListedTool } from '@mcp/tool-base';
import { ProtocolError, ProtocolErrorCode, Server } from '@modelcontextprotocol/server';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';

import { openTools } from './tools.ts';

const registry = await openTools();
const server = new Server({ name: 'mine', version: '1.0.0' }, { capabilities: { tools: { listChanged: true } } });
server.setRequestHandler('tools/list', () => ({
  tools: registry.list({ enabledOnly: true }).map(toListedTool),
}));
server.setRequestHandler('tools/call', async ({ params }, { mcpReq }) => {
  const tool = registry.get(params.name);
  if (!tool) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'There is no tool of that name.');
  const result = await callTool(tool, {
    arguments: params.arguments ?? {},
    caller: { name: 'stdio' },
    signal: mcpReq.signal,
  });
  return toCallToolResult(result, tool);
});
registry.on('changed', () => void server.sendToolListChanged());
await server.connect(new StdioServerTransport());
