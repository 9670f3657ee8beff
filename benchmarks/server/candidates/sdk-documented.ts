/** `@modelcontextprotocol/server` as its documentation sets it up with Hono: both eras, no sessions, no authentication. */
import { spawn } from 'node:child_process';

import { serve } from '@hono/node-server';
import { createMcpHonoApp } from '@modelcontextprotocol/hono';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import * as z from 'zod';

import { ready } from './bare-answers.ts';

function echo(text: string): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn('/bin/echo', ['-n', text], { stdio: ['ignore', 'pipe', 'ignore'] });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.once('close', () => resolve(said));
  });
}

const count = Number(process.env['BENCH_TOOLS'] ?? 1);

const handler = createMcpHandler(() => {
  const server = new McpServer({ name: 'documented', version: '1.0.0' });
  for (let index = 0; index < count; index++) {
    server.registerTool(
      index === 0 ? 'echo' : `echo_${index}`,
      {
        description: 'Says it again',
        inputSchema: z.object({ text: z.string().max(1000).describe('What to say') }),
      },
      ({ text }) => ({ content: [{ type: 'text', text }] }),
    );
  }
  server.registerTool(
    'say',
    { description: 'Says it by a program', inputSchema: z.object({ text: z.string().max(1000) }) },
    async ({ text }) => ({ content: [{ type: 'text', text: await echo(text) }] }),
  );
  return server;
});

const app = createMcpHonoApp();
app.all('/mcp', (context) => handler.fetch(context.req.raw, { parsedBody: context.get('parsedBody' as never) }));
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ready);
