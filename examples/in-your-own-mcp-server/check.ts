/** Both servers, each with the client of either SDK: the tools are listed, called, checked and kept to their targets. */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';

import { Client as Client2 } from '@modelcontextprotocol/client';
import { StdioClientTransport as Transport2 } from '@modelcontextprotocol/client/stdio';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as Transport1 } from '@modelcontextprotocol/sdk/client/stdio.js';

type Connected = Pick<Client2, 'close'> & {
  readonly listTools: () => Promise<{ readonly tools: readonly { readonly name: string }[] }>;
  readonly callTool: (params: { name: string; arguments: Record<string, unknown> }) => Promise<unknown>;
};

interface Result {
  readonly isError?: boolean;
  readonly structuredContent?: unknown;
  readonly content: readonly { readonly text: string }[];
}

const me = { name: 'check', version: '1.0.0' };
const command = (file: string): { command: string; args: string[] } => ({
  command: process.execPath,
  args: ['--conditions=@mcp/source', fileURLToPath(new URL(file, import.meta.url))],
});

const connect = {
  'client 1.x': async (file: string): Promise<Connected> => {
    const client = new Client1(me);
    await client.connect(new Transport1(command(file)));
    return client;
  },
  'client 2.x': async (file: string): Promise<Connected> => {
    const client = new Client2(me);
    await client.connect(new Transport2(command(file)));
    return client;
  },
};

async function check(file: string, name: keyof typeof connect): Promise<void> {
  const client = await connect[name](file);
  const call = async (tool: string, values: Record<string, unknown>): Promise<Result> =>
    (await client.callTool({ name: tool, arguments: values })) as Result;

  const { tools } = await client.listTools();
  assert.deepEqual(
    tools.map((tool) => tool.name),
    ['add', 'lookup'],
  );
  assert.deepEqual((await call('add', { a: 1, b: 2 })).structuredContent, { sum: 3 });
  assert.match((await call('lookup', { target: '127.0.0.1' })).content[0]?.text ?? '', /^127\.0\.0\.1 /u);

  const invalid = await call('add', { a: 'one', b: 2 });
  assert.ok(invalid.isError);
  assert.match(invalid.content[0]?.text ?? '', /^validation_error: a/u);
  const outside = await call('lookup', { target: '192.0.2.1' });
  assert.match(outside.content[0]?.text ?? '', /^validation_error: .*allowed targets/u);
  await assert.rejects(call('no_such_tool', {}), /no tool of that name/u);
  await client.close();
  console.log(`${file}: ${name} lists and calls the tools`);
}

const files = ['sdk-1.ts', 'sdk-2.ts'];
await Promise.all(files.flatMap((file) => [check(file, 'client 1.x'), check(file, 'client 2.x')]));
