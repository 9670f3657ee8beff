/** Other clients than those of the SDKs: the command line of the Inspector, a bridge from stdio, and curl. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import {
  apiKey,
  cleanEnvironment,
  runProgram,
  scratch,
  serverProgram,
  startHttpServer,
  testConfiguration,
  type HttpServerProcess,
  type Scratch,
} from '../harness/server-process.ts';

let server: HttpServerProcess;
let place: Scratch;
beforeAll(async () => {
  server = await startHttpServer();
  place = scratch();
});
afterAll(async () => {
  await server.stop();
  place[Symbol.dispose]();
});

describe('the Inspector’s command line', () => {
  const inspector = ((): string => {
    // The package does not export its manifest, so it is found from the path of the installation.
    const folder = join(dirname(fileURLToPath(import.meta.url)), '../node_modules/@modelcontextprotocol/inspector');
    const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { bin: Record<string, string> };
    return join(folder, bin['mcp-inspector'] ?? '');
  })();

  async function inspect(target: readonly string[], ...args: string[]): Promise<Record<string, unknown>> {
    const environment = cleanEnvironment(place.folder);
    const { stdout } = await runProgram(process.execPath, [inspector, '--cli', ...target, ...args], environment);
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  const targets: Readonly<Record<string, () => string[]>> = {
    http: () => [`${server.url}/mcp`, '--transport', 'http', '--header', `Authorization: Bearer ${apiKey}`],
    stdio() {
      const config = place.write('config.yaml', testConfiguration);
      const entry = { command: process.execPath, args: [serverProgram, '--transport', 'stdio', '--config', config] };
      const file = place.write('mcp.json', JSON.stringify({ mcpServers: { tools: entry } }));
      return ['--config', file, '--server', 'tools'];
    },
  };

  describe.each(Object.entries(targets))('over %s', (_, target) => {
    test('lists the tools', async () => {
      const { tools } = await inspect(target(), '--method', 'tools/list');
      expect((tools as { name: string }[]).map(({ name }) => name)).toEqual(
        expect.arrayContaining(['http_probe', 'shout']),
      );
    });

    test('calls a tool', async () => {
      const call = ['--method', 'tools/call', '--tool-name', 'shout', '--tool-arg', 'word=hi'];
      const answer = await inspect(target(), ...call);
      expect(answer).toMatchObject({ content: [{ type: 'text', text: 'hi\n' }] });
    });

    test('reads a resource', async () => {
      const { contents } = await inspect(target(), '--method', 'resources/read', '--uri', 'mcp://health');
      expect(contents).toMatchObject([{ uri: 'mcp://health', mimeType: 'application/json' }]);
    });
  });
});

describe('a bridge from stdio to HTTP', () => {
  test('forwards calls, rejections and progress', async () => {
    const bridge = fileURLToPath(new URL('bridge.ts', import.meta.url));
    const client = new Client({ name: 'desktop', version: '1.0.0' });
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [bridge, `${server.url}/mcp`, apiKey],
        env: cleanEnvironment(place.folder),
      }),
    );
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('shout');
    expect(await client.callTool({ name: 'shout', arguments: { word: 'hi' } })).toMatchObject({
      content: [{ type: 'text', text: 'hi\n' }],
    });
    expect(await client.callTool({ name: 'tcp_check', arguments: { target: '8.8.8.8', port: 53 } })).toMatchObject({
      isError: true,
    });
    await client.close();
  });
});

describe('curl', () => {
  async function curl(headers: readonly string[], body: object): Promise<{ status: string; text: string }> {
    const all = ['content-type: application/json', 'accept: application/json, text/event-stream', ...headers];
    const headerArguments = [`authorization: Bearer ${apiKey}`, ...all].flatMap((header) => ['-H', header]);
    const data = JSON.stringify({ jsonrpc: '2.0', ...body });
    const { stdout } = await runProgram(
      'curl',
      ['-sS', '-w', '\n%{http_code}', ...headerArguments, '--data', data, `${server.url}/mcp`],
      cleanEnvironment(place.folder),
    );
    const [status = ''] = /\d+$/u.exec(stdout) ?? [];
    return { status, text: stdout.slice(0, -status.length) };
  }
  const call = { id: 1, method: 'tools/call' };
  const params = { name: 'shout', arguments: { word: 'hi' } };

  test('calls a tool in the 2026 revision with one request', async () => {
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const headers = ['mcp-protocol-version: 2026-07-28', 'mcp-method: tools/call', 'mcp-name: shout'];
    const { status, text } = await curl(headers, { ...call, params: { ...params, _meta } });
    expect(status).toBe('200');
    expect(JSON.parse(text)).toMatchObject({
      id: 1,
      result: { content: [{ text: 'hi\n' }], _meta: { 'mcp-server/result': { exitCode: 0 } } },
    });
  });

  test('calls a tool in a 2025 revision without a session', async () => {
    const { status, text } = await curl(['mcp-protocol-version: 2025-11-25'], { ...call, params });
    expect(status).toBe('200');
    expect(text).toContain('"content":[{"type":"text","text":"hi\\n"}]');
  });

  test('gets an error that names what is missing', async () => {
    const { status, text } = await curl(['mcp-protocol-version: 2026-07-28', 'mcp-method: tools/call'], {
      ...call,
      params: { ...params, _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } },
    });
    expect(status).toBe('400');
    expect(JSON.parse(text)).toMatchObject({ id: 1, error: { code: expect.any(Number), message: expect.any(String) } });
  });
});
