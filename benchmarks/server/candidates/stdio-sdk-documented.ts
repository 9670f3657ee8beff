/** `@modelcontextprotocol/server` over stdio as its documentation sets it up: both eras. */
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import * as z from 'zod';

serveStdio(() => {
  const server = new McpServer({ name: 'documented', version: '1.0.0' });
  server.registerTool(
    'echo',
    { description: 'Says it again', inputSchema: z.object({ text: z.string().max(1000).describe('What to say') }) },
    ({ text }) => ({ content: [{ type: 'text', text }] }),
  );
  return server;
});
