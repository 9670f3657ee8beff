/** `@modelcontextprotocol/sdk` 1.x over node:http. `SDK1_MODE=stateful` keeps sessions, `stateless` makes a server for each request. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import * as z from 'zod';

import { ready } from './bare-answers.ts';

const stateful = process.env['SDK1_MODE'] === 'stateful';
const count = Number(process.env['BENCH_TOOLS'] ?? 1);
const inputSchema = { text: z.string().max(1000).describe('What to say') };

function makeServer(): McpServer {
  const server = new McpServer({ name: 'sdk1', version: '1.0.0' });
  for (let index = 0; index < count; index++) {
    const name = index === 0 ? 'echo' : `echo_${index}`;
    server.registerTool(name, { description: 'Says it again', inputSchema }, ({ text }) => ({
      content: [{ type: 'text', text }],
    }));
  }
  return server;
}

const sessions = new Map<string, StreamableHTTPServerTransport>();

const server = createServer((request, response) => {
  void (async () => {
    const id = request.headers['mcp-session-id'];
    const open = typeof id === 'string' ? sessions.get(id) : undefined;
    if (open) return open.handleRequest(request, response);
    const mcp = makeServer();
    const transport = stateful
      ? new StreamableHTTPServerTransport({
          sessionIdGenerator: () => randomUUID(),
          onsessioninitialized: (made) => void sessions.set(made, transport),
        })
      : new StreamableHTTPServerTransport({});
    if (!stateful) response.once('close', () => void transport.close().then(() => mcp.close()));
    await mcp.connect(transport);
    return transport.handleRequest(request, response);
  })();
});
server.listen(0, '127.0.0.1', () => ready(server.address()));
