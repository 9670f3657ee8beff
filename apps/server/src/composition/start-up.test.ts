/** What is loaded before the server listens: everything counts twice there, in time until the first answer and in memory. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

// The child process runs the sources, whose `using` declarations need Node 24. Packed packages are tested on Node 22 too.
const RUNS_SOURCES = Number.parseInt(process.versions.node) >= 24;

/** The list is the last line on standard error. */
const LOAD_AND_LIST = `
  import { registerHooks } from 'node:module';
  import { writeSync } from 'node:fs';
  const seen = new Set();
  registerHooks({
    load(url, context, next) {
      seen.add(/.*node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1]);
      // Packages of this repository that are loaded where something is configured for them.
      const own = /\\/packages\\/(upstreams|openapi-tools)\\//.exec(url)?.[1];
      if (own !== undefined) seen.add('@mcp/' + own);
      return next(url, context);
    },
  });
  const { write } = process.stdout;
  process.stdout.write = (chunk, ...rest) => {
    if (seen.has('@mcp/upstreams') && String(chunk).includes('listening on')) seen.add('upstreams before it listens');
    return write.call(process.stdout, chunk, ...rest);
  };
  process.once('exit', () => {
    // Parts of Node that an import of 'node:http' or 'node:https', or a use of fetch or Response, loads.
    for (const part of ['internal/deps/undici/undici', 'tls']) {
      if (process.moduleLoadList.includes('NativeModule ' + part)) seen.add('node: ' + part);
    }
    writeSync(2, JSON.stringify([...seen].filter(Boolean).sort()));
  });
  await import(process.argv[1]);
`;

const node = ['--conditions=@mcp/source', '--input-type=module', '--eval', LOAD_AND_LIST];

function loadedBy(file: string, args: readonly string[] = [], input = ''): unknown {
  const { stderr } = spawnSync(process.execPath, [...nodeArguments(file), ...args], { encoding: 'utf8', input });
  return listOf(stderr);
}

function nodeArguments(file: string): string[] {
  const path = fileURLToPath(new URL(file, import.meta.url));
  return [...node, path];
}

function listOf(stderr: string): unknown {
  return JSON.parse(stderr.slice(stderr.lastIndexOf('\n') + 1));
}

/** What a server over HTTP has loaded when it is stopped. */
async function loadedWhile(use: (url: string, apiKey: string) => Promise<void>, more: object = {}): Promise<unknown> {
  const apiKey = 'start-up-test-0123456789abcdef';
  const configuration = {
    MCP_SERVER_PORT: '0',
    MCP_SERVER_DRAIN_DELAY: '0',
    MCP_SECURITY_API_KEY: apiKey,
    // Its lines are for people otherwise, which takes more packages.
    MCP_LOGGING_FORMAT: 'json',
    ...more,
  };
  const server = spawn(process.execPath, [...nodeArguments('../main.ts'), '--config', quickstart], {
    env: { ...process.env, ...configuration },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 110_000,
  });
  const stderr = text(server.stderr);
  let said = '';
  for await (const chunk of server.stdout.setEncoding('utf8') as AsyncIterable<string>) {
    said += chunk;
    const url = /listening on (?<url>http:\S+)/u.exec(said)?.groups?.['url'];
    if (url === undefined) continue;
    await use(url, apiKey).finally(() => server.kill());
    break;
  }
  if (server.exitCode === null) await once(server, 'exit');
  return listOf(await stderr);
}

const quickstart = fileURLToPath(new URL('../../../../examples/quickstart.yaml', import.meta.url));

describe('before the server listens', () => {
  test.runIf(RUNS_SOURCES)(
    'only what every server needs is loaded: no SDK, no router, no fetch, no prom-client, no database, no token library',
    { timeout: 120_000 },
    () => {
      expect(loadedBy('../cli/serve.ts')).toEqual([
        '@pinojs/redact',
        '@valibot/to-json-schema',
        'atomic-sleep',
        'js-yaml',
        'on-exit-leak-free',
        'pino',
        'pino-std-serializers',
        'quick-format-unescaped',
        'safe-stable-stringify',
        'sonic-boom',
        'thread-stream',
        'valibot',
      ]);
    },
  );

  const partsOfNode = ['node: internal/deps/undici/undici', 'node: tls'];
  const modern = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  test.runIf(RUNS_SOURCES).each([
    {
      era: '2025',
      messages: [
        {
          id: 1,
          method: 'initialize',
          params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
        },
        { method: 'notifications/initialized' },
        { id: 2, method: 'tools/list' },
      ],
    },
    {
      era: '2026',
      messages: [
        { id: 1, method: 'server/discover', params: { _meta: modern } },
        { id: 2, method: 'tools/list', params: { _meta: modern } },
      ],
    },
  ])(
    'a client of $era lists tools over stdio without the SDK, and without a validator of JSON Schema',
    { timeout: 120_000 },
    ({ messages }) => {
      const lines = messages.map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
      const loaded = loadedBy('../main.ts', ['--transport', 'stdio', '--config', quickstart], lines.join(''));
      expect(loaded).toContain('pino');
      const others = ['@modelcontextprotocol/server', 'zod', 'ajv', 'undici', 'ioredis', 'pg', 'hono', ...partsOfNode];
      for (const name of others) expect(loaded).not.toContain(name);
    },
  );

  test.runIf(RUNS_SOURCES)('probes and calls over HTTP load no router and no fetch', { timeout: 120_000 }, async () => {
    const call = { name: 'system_info', arguments: {} };
    const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { ...call, _meta: modern } };
    const useDirect = async (url: string, apiKey: string): Promise<void> => {
      expect((await fetch(`${url}/health/ready`)).status).toBe(200);
      expect(await (await fetch(`${url}/health/live`)).text()).toBe('{"status":"pass"}\n');
      expect(await (await fetch(`${url}/health/live`, { method: 'HEAD' })).text()).toBe('');
      const headers = {
        authorization: `Bearer ${apiKey}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/call',
        'mcp-name': 'system_info',
      };
      const response = await fetch(`${url}/mcp`, { method: 'POST', headers, body: JSON.stringify(message) });
      expect(await response.json()).toMatchObject({ id: 1, result: { structuredContent: {} } });
    };
    const direct = await loadedWhile(useDirect);
    expect(direct).toContain('pino');
    for (const name of ['hono', '@hono/node-server', ...partsOfNode]) expect(direct).not.toContain(name);
  });

  test.runIf(RUNS_SOURCES)(
    'upstreams are loaded where one is configured, after the server has said that it listens, and nothing of them where none is',
    { timeout: 120_000 },
    async () => {
      const ask = async (url: string, apiKey: string): Promise<void> => {
        for (const path of ['/upstreams', '/apis', '/tools', '/health'])
          await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${apiKey}` } });
      };
      const parts = [
        '@mcp/upstreams',
        '@modelcontextprotocol/client',
        'undici',
        'eventsource-parser',
        '@cfworker/json-schema',
      ];
      const none = await loadedWhile(ask);
      for (const part of [...parts, '@mcp/openapi-tools']) expect(none).not.toContain(part);
      const upstreams = JSON.stringify({ up: { url: 'http://127.0.0.1:9/mcp' } });
      const one = await loadedWhile(ask, { MCP_UPSTREAMS: upstreams, MCP_FEDERATION_LOCK_FILE: '/dev/null' });
      for (const part of parts) expect(one).toContain(part);
      expect(one).not.toContain('upstreams before it listens');
    },
  );

  test.each([
    ['node:http', 'internal/deps/undici/undici'],
    ['node:https', 'tls'],
  ])('an import of %s would be seen, by %s', (specifier, part) => {
    const { stderr } = spawnSync(process.execPath, [...node, specifier], { encoding: 'utf8' });
    expect(listOf(stderr)).toContain(`node: ${part}`);
  });
});
