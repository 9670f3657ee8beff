/** Stands in for `npx -y @modelcontextprotocol/server-everything streamableHttp`, as far as examples need it; set in MCP_URL. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { serve } from '@hono/node-server';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import * as z from 'zod';

const { fetch } = createMcpHandler(() => {
  const server = new McpServer({ name: 'everything', version: '1.0.0' });
  const inputSchema = z.object({ message: z.string() });
  server.registerTool('echo', { description: 'Echoes back the input', inputSchema }, ({ message }) => ({
    content: [{ type: 'text', text: `Echo: ${message}` }],
  }));
  return server;
});
const server = serve({ fetch: (request) => fetch(request), port: 0, hostname: '127.0.0.1' });
await once(server, 'listening');
server.unref();
export const address: string = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
process.env['MCP_URL'] = address;
