/** What a stranger does after `npm install @mcp/server` in an empty folder: write a configuration, start, connect a client. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { Consumer } from './consumer.ts';
import { mustRun } from '../run-program.ts';

const CONFIGURATION = 'mcp-server.yaml';

/** `mcp-server init` writes a file that passes the check and points the editor at the installed schema, by a relative path. */
export async function checkInit(consumer: Consumer): Promise<void> {
  const options = { cwd: consumer.folder, timeoutMs: 30_000 };
  await mustRun('npx', ['--no', '--', 'mcp-server', 'init', CONFIGURATION], options);
  const text = readFileSync(join(consumer.folder, CONFIGURATION), 'utf8');
  const schema = /^# yaml-language-server: \$schema=(?<path>\S+)$/mu.exec(text)?.groups?.['path'] ?? '';
  if (schema !== 'node_modules/@mcp/server/schema/server-config.schema.json') throw new Error(`schema: ${schema}`);
  if (!existsSync(join(consumer.folder, schema))) throw new Error(`${schema} is not in the installed package`);
  await mustRun('npx', ['--no', '--', 'mcp-server', '--check', '--config', CONFIGURATION], options);
}

/** A real client starts it by `npx`, as a desktop client would, lists the tools and calls one. */
export async function checkClient(consumer: Consumer): Promise<void> {
  const transport = new StdioClientTransport({
    command: 'npx',
    args: ['--no', '--', 'mcp-server', '--config', CONFIGURATION],
    cwd: consumer.folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: consumer.folder },
    stderr: 'ignore',
  });
  const client = new Client({ name: 'package-check', version: '0' });
  await client.connect(transport);
  try {
    const names = (await client.listTools()).tools.map(({ name }) => name);
    if (!names.includes('disk_free')) throw new Error(`tools: ${names.join(', ')}`);
    const { isError, _meta } = await client.callTool({ name: 'disk_free', arguments: {} });
    if (isError || !JSON.stringify(_meta).includes('"exitCode":0')) throw new Error('disk_free failed');
  } finally {
    await client.close();
  }
}
