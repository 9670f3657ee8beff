/** The desktop bundle: packed, unpacked elsewhere, its variables filled in, started, and called by a client. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { getMcpConfigForManifest, unpackExtension, validateManifest, type McpbManifestAny } from '@anthropic-ai/mcpb';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, expect, test } from 'vitest';

let folder: string;
let unpacked: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bundle-'));
  unpacked = join(folder, 'unpacked');
  const bundle = join(folder, 'mcp-server.mcpb');
  const pack = fileURLToPath(new URL('mcpb/pack.ts', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [pack, bundle], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  await unpackExtension({ mcpbPath: bundle, outputDir: unpacked, silent: true });
}, 180_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('its manifest is valid and has the version of the server', () => {
  expect(validateManifest(join(unpacked, 'manifest.json'))).toBe(true);
  const { version } = JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8')) as { version: string };
  expect(manifest().version).toBe(version);
});

test('a client that starts it with the defaults lists its tools, and a target outside the allowed targets is rejected', async () => {
  const started = await getMcpConfigForManifest({
    manifest: manifest(),
    extensionPath: unpacked,
    systemDirs: {},
    userConfig: {},
    pathSeparator: '/',
  });
  expect(started?.command).toBe('node');
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: started?.args ?? [],
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, ...started?.env },
    stderr: 'ignore',
  });
  const client = new Client({ name: 'bundle-test', version: '0' });
  await client.connect(transport);
  try {
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('tcp_check');
    const refused = await client.callTool({ name: 'tcp_check', arguments: { target: '8.8.8.8', port: 53 } });
    expect(refused.isError).toBe(true);
    expect(JSON.stringify(refused.content)).toContain('RFC1918');
  } finally {
    await client.close();
  }
});

function manifest(): McpbManifestAny {
  return JSON.parse(readFileSync(join(unpacked, 'manifest.json'), 'utf8')) as McpbManifestAny;
}
