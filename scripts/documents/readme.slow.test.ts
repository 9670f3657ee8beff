/** The commands of the README and the client configurations of docs/clients.md work as written, with the paths, port and key of this test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mustRun } from '../run-program.ts';
import { codeBlocks } from './markdown.ts';
import { stopServer, untilListening } from './started-server.ts';

interface ClientEntry {
  readonly command?: string;
  readonly args?: readonly string[];
  readonly url?: string;
  /** What Gemini CLI calls the URL of Streamable HTTP. */
  readonly httpUrl?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const CLONE_NODE = '/path/to/node_modules/.bin/node';
const program = 'apps/server/dist/main.js';
const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'readme', version: '0' } },
};
const clientBlocks = ['README.md', 'docs/clients.md']
  .flatMap((document) => codeBlocks(document, 'json'))
  .map(({ file, line, text }) => {
    const { mcpServers, servers } = JSON.parse(text) as Record<string, Record<string, ClientEntry>>;
    return { file, line, entries: Object.values(mcpServers ?? servers ?? {}).map(withUrl) };
  });

let home: string;
let port: number;
let server: ChildProcess;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'readme-'));
  port = await freePort();
  server = spawn(
    process.execPath,
    [program, '--transport', 'http', '--config', 'examples/quickstart.yaml', '--port', String(port)],
    {
      env: { ...process.env, HOME: home, XDG_CONFIG_HOME: join(home, '.config'), MCP_LOGGING_LEVEL: 'error' },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  await untilListening(server, port);
}, 120_000);

afterAll(async () => {
  await stopServer(server);
  rmSync(home, { recursive: true, force: true });
}, 120_000);

test('the call to try gets a response', async () => {
  const call = codeBlocks('README.md', 'sh').find(({ text }) => text.startsWith('curl'))?.text ?? '';
  const { stdout } = await mustRun('bash', ['-c', here(call).replaceAll('~', home)]);
  expect(JSON.parse(stdout)).toMatchObject({ ok: true, structuredContent: { status: 200 } });
});

test.each(entriesWith('command', CLONE_NODE))(
  '$file:$line: a client that starts the server gets a response',
  async ({ entry }) => {
    const [command = '', ...args] = [entry.command ?? '', ...(entry.args ?? [])].map(inClone);
    const { stdout } = await mustRun(command, args, {
      input: `${JSON.stringify(initialize)}\n`,
      // Only against a server that hangs: on a loaded machine its start takes half a minute.
      timeoutMs: 120_000,
    });
    expect(JSON.parse(stdout)).toMatchObject({ id: 1, result: { serverInfo: { name: expect.any(String) as string } } });
  },
  150_000,
);

test.each(entriesWith('url'))('$file:$line: a client that connects over HTTP gets a response', async ({ entry }) => {
  const key = readFileSync(join(home, '.config/mcp-server/api-key'), 'utf8').trim();
  const headers = Object.entries(entry.headers ?? {}).map(([name, value]) => [
    name,
    value.replace(/\$\{[^}]+\}/u, key),
  ]);
  const response = await fetch(here(entry.url ?? ''), {
    method: 'POST',
    headers: {
      ...(Object.fromEntries(headers) as Record<string, string>),
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify(initialize),
  });
  expect(response.status).toBe(200);
  expect(await response.text()).toContain('"serverInfo"');
});

test.each([
  ['README.md', /^ping +Send ICMP echo requests$/mu],
  ['docs/desktop.md', /^disks +Free space of every file system$/mu],
  ['apps/server/README.md', /^disk_free +Free and used space/mu],
])('the program that %s declares in YAML passes --check and becomes a tool', async (document, line) => {
  const file = join(home, 'declared.yaml');
  writeFileSync(file, codeBlocks(document, 'yaml')[0]?.text ?? '', { mode: 0o600 });
  await mustRun(process.execPath, [program, '--check', '--config', file]);
  const { stdout } = await mustRun(process.execPath, [program, '--list-tools', '--config', file]);
  expect(stdout).toMatch(line);
});

test('every client block names a server in one of the ways that are tried here', () => {
  const tried = [...entriesWith('command', CLONE_NODE), ...entriesWith('url'), ...entriesWith('command', 'npx')];
  expect(tried).toHaveLength(clientBlocks.flatMap(({ entries }) => entries).length);
});

function entriesWith(field: 'command' | 'url', value?: string): { file: string; line: number; entry: ClientEntry }[] {
  return clientBlocks.flatMap(({ file, line, entries }) =>
    entries
      .filter((entry) => entry[field] !== undefined && (value === undefined || entry[field] === value))
      .map((entry) => ({ file, line, entry })),
  );
}

function withUrl({ httpUrl, ...entry }: ClientEntry): ClientEntry {
  return httpUrl === undefined ? entry : { ...entry, url: httpUrl };
}

function inClone(path: string): string {
  return path.replace('/path/to', resolve('.'));
}

function here(text: string): string {
  return text.replaceAll('127.0.0.1:8080', `127.0.0.1:${port}`);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
