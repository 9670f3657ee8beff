/** A small MCP server as its SDK is documented, for both transports; the tools of the upstreams of the endurance run. */
import { setTimeout as wait } from 'node:timers/promises';

import { McpServer } from '@modelcontextprotocol/server';
import * as z from 'zod';

/** Of the tool `slow`. */
const SLOW_MS = 250;

export function upstreamServer(): McpServer {
  const server = new McpServer({ name: 'soak-upstream', version: '1.0.0' });
  const inputSchema = z.object({ text: z.string().max(1000) });
  const textResult = (text: string): { content: { type: 'text'; text: string }[] } => ({
    content: [{ type: 'text', text }],
  });
  server.registerTool('repeat', { description: 'Says it again', inputSchema }, ({ text }) => textResult(text));
  server.registerTool('slow', { description: 'Takes its time', inputSchema }, async ({ text }) => {
    await wait(SLOW_MS);
    return textResult(text);
  });
  server.registerTool('fail', { description: 'Is always an error', inputSchema }, ({ text }) => ({
    ...textResult(text),
    isError: true,
  }));
  return server;
}
