/** `@modelcontextprotocol/sdk` 1.x over stdio. */
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import * as z from 'zod';

const server = new McpServer({ name: 'sdk1', version: '1.0.0' });
server.registerTool(
  'echo',
  { description: 'Says it again', inputSchema: { text: z.string().max(1000).describe('What to say') } },
  ({ text }) => ({ content: [{ type: 'text', text }] }),
);
await server.connect(new StdioServerTransport());
