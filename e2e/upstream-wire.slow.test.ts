/** What upstreams of both eras, over HTTP and as programs, see of clients of both eras and of the plain HTTP interface. */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { apiKey, scratch, startHttpServer, type HttpServerProcess } from './harness/server-process.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** What a client sends with its requests, and no upstream may see. */
const SECRETS = {
  cookie: 'session=cookie-of-the-client',
  'x-api-key': 'key-of-the-client',
  'x-forwarded-user': 'ana-of-the-client',
};

interface Peer extends Disposable {
  readonly url: string;
  /** Every header and body, as text. */
  readonly seen: string[];
  readonly events: string[];
}

async function peer(era: '2025' | '2026'): Promise<Peer> {
  const seen: string[] = [];
  const events: string[] = [];
  const resultOf = (method: string): object | undefined => {
    switch (method) {
      case 'server/discover':
        if (era === '2025') return undefined;
        return {
          resultType: 'complete',
          supportedVersions: ['2026-07-28'],
          capabilities: { tools: {} },
          ttlMs: 0,
          cacheScope: 'private',
        };
      case 'initialize':
        return {
          protocolVersion: '2025-11-25',
          capabilities: { tools: {} },
          serverInfo: { name: 'peer', version: '1' },
        };
      case 'tools/list':
        return { tools: ['echo', 'wait'].map((name) => ({ name, inputSchema: { type: 'object' } })) };
      default:
        return { content: [{ type: 'text', text: `from ${era}` }] };
    }
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = (await request.toArray()).join('');
    seen.push(`${request.rawHeaders.join('\n')}\n${body}`);
    if (body === '') return void response.writeHead(405).end();
    const { id, method, params } = JSON.parse(body) as {
      id?: number;
      method: string;
      params?: { name?: string; requestId?: number };
    };
    if (method === 'notifications/cancelled') events.push(`cancelled ${params?.requestId}`);
    if (id === undefined) return void response.writeHead(202).end();
    if (params?.name === 'wait') {
      events.push(`waits ${id}`);
      response.on('close', () => events.push(`closed ${id}`));
      return;
    }
    const result = resultOf(method);
    if (result === undefined) return void response.writeHead(400).end('no session');
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id, result }));
  };
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    seen,
    events,
    [Symbol.dispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The same as a program, without a library; its argument is the era. */
const PROGRAM = `
import { createInterface } from 'node:readline';
const era = process.argv[2];
const discovered = { resultType: 'complete', supportedVersions: ['2026-07-28'], capabilities: { tools: {} }, ttlMs: 0, cacheScope: 'private' };
const results = {
  'server/discover': era === '2026' ? discovered : undefined,
  initialize: { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: 'p', version: '1' } },
  'tools/list': { tools: [{ name: 'echo', inputSchema: { type: 'object' } }] },
  'tools/call': { content: [{ type: 'text', text: 'from ' + era }] },
};
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method } = JSON.parse(line);
  if (id === undefined) return;
  const answer = results[method] ? { result: results[method] } : { error: { code: -32601, message: 'no' } };
  process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, ...answer }) + '\\n');
});
`;

const place = scratch();
let peers: Readonly<Record<'2025' | '2026', Peer>>;
let server: HttpServerProcess;

const NAMES = ['h25_echo', 'h25_wait', 'h26_echo', 'h26_wait', 'p25_echo', 'p26_echo'];
const headers = { authorization: `Bearer ${apiKey}`, ...SECRETS };

beforeAll(async () => {
  peers = { '2025': await peer('2025'), '2026': await peer('2026') };
  const program = place.write('program.mjs', PROGRAM);
  const configFile = place.write(
    'config.yaml',
    JSON.stringify({
      presets: [],
      federation: { lockFile: './upstreams.lock.json' },
      upstreams: {
        h25: { url: peers['2025'].url },
        h26: { url: peers['2026'].url },
        p25: { command: [process.execPath, program, '2025'] },
        p26: { command: [process.execPath, program, '2026'] },
      },
    }),
  );
  server = await startHttpServer({ configFile });
  await vi.waitUntil(async () => (await listOverHttp()).length === NAMES.length, { timeout: 60_000, interval: 100 });
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  for (const each of Object.values(peers)) each[Symbol.dispose]();
  place[Symbol.dispose]();
});

async function listOverHttp(): Promise<string[]> {
  const response = await fetch(`${server.url}/tools`, { headers });
  const { tools } = (await response.json()) as { tools: { name: string }[] };
  return tools.map(({ name }) => name).filter((name) => /^[hp]2/u.test(name));
}

async function connect(era: 'legacy' | 'modern'): Promise<Client> {
  const client = new Client(
    { name: 'e2e', version: '1' },
    { versionNegotiation: { mode: era === 'legacy' ? 'legacy' : { pin: '2026-07-28' } } },
  );
  await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', server.url), { requestInit: { headers } }));
  return client;
}

const call = (name: string, signal?: AbortSignal): Promise<Response> =>
  fetch(`${server.url}/tools/${name}/execute`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ arguments: {} }),
    ...(signal && { signal }),
  });

test.each(['legacy', 'modern'] as const)(
  'a client of the %s era lists and calls the tools of all four',
  async (era) => {
    const client = await connect(era);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name).filter((name) => /^[hp]2/u.test(name))).toEqual(NAMES);
    for (const name of NAMES.filter((each) => each.endsWith('echo'))) {
      const { content } = await client.callTool({ name, arguments: {} });
      expect(content).toEqual([{ type: 'text', text: `from 20${name.slice(1, 3)}` }]);
    }
    await client.close();
  },
);

test('the plain HTTP interface calls the tools of all four', async () => {
  for (const name of NAMES.filter((each) => each.endsWith('echo'))) {
    expect(await (await call(name)).text()).toContain(`from 20${name.slice(1, 3)}`);
  }
});

test.each(['2025', '2026'] as const)(
  'an upstream of the %s era is notified of a call that any client cancels',
  async (era) => {
    const { events } = peers[era];
    const name = `h${era.slice(2)}_wait`;
    const clients = await Promise.all([connect('legacy'), connect('modern')]);
    const waits: readonly ((signal: AbortSignal) => Promise<unknown>)[] = [
      (signal) => call(name, signal),
      ...clients.map((client) => (signal: AbortSignal) => client.callTool({ name, arguments: {} }, { signal })),
    ];
    for (const wait of waits) {
      events.length = 0;
      const cancel = new AbortController();
      const ended = wait(cancel.signal).catch(() => undefined);
      await vi.waitFor(() => expect(events).toHaveLength(1), { timeout: 20_000 });
      const [, id] = events[0]!.split(' ');
      cancel.abort();
      await ended;
      const expected = era === '2025' ? [`cancelled ${id}`, `closed ${id}`] : [`closed ${id}`];
      await vi.waitFor(() => expect(events.slice(1).sort()).toEqual(expected), { timeout: 20_000 });
    }
    await Promise.all(clients.map((client) => client.close()));
  },
);

test('nothing that a client sends beside its arguments reaches an upstream', () => {
  const seen = [...peers['2025'].seen, ...peers['2026'].seen].join('\n');
  expect(seen).toContain('echo');
  expect(seen).not.toMatch(/of-the-client|authorization|cookie|x-forwarded|x-api-key/iu);
  expect(seen).not.toContain(apiKey);
});
