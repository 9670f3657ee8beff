/** Many clients of the 2025 era: abandoned sessions use bounded memory, and responses reach the right client. */
import { fileURLToPath } from 'node:url';

import { afterEach, describe, expect, test } from 'vitest';

import { heapOf, reportsHeap } from '../harness/server-heap.ts';
import { apiKey, startHttpServer, type HttpServerProcess } from '../harness/server-process.ts';

const configuration = `
security:
  apiKeys:
    - { name: other, key: other-key-0123456789abcdef, scopes: [tools:call] }
  rateLimit: { requests: 1000000, window: 60 }
server: { maxConnections: 500 }
presets: []
modules: [${JSON.stringify(fileURLToPath(new URL('../conformance/everything.ts', import.meta.url)))}]
`;

let server: HttpServerProcess | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

function post(url: string, message: object, headers: Record<string, string> = {}, key = apiKey): Promise<Response> {
  return fetch(`${url}/mcp`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
  });
}

async function open(url: string): Promise<string> {
  const response = await post(url, {
    id: 0,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'leaver', version: '1' } },
  });
  await response.text();
  return response.headers.get('mcp-session-id') ?? '';
}

async function times(count: number, atOnce: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await work(next);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

describe('abandoned sessions', () => {
  test('10,000 of them use no more memory than 1,500', async () => {
    server = await startHttpServer({ configuration, env: reportsHeap });
    const { url } = server;
    const abandon = async (): Promise<void> => void (await open(url));
    // More than the server keeps.
    await times(1500, 20, abandon);
    const full = await heapOf(server);
    await times(8500, 20, abandon);
    const later = await heapOf(server);
    // Measured: 0.1 MB. If all 8,500 were kept, it would be well over 50 MB.
    expect((later - full) / 1e6).toBeLessThan(10);
  });

  test('the newest of them still work', async () => {
    server = await startHttpServer({ configuration });
    const { url } = server;
    await times(1200, 20, async () => void (await open(url)));
    const response = await post(url, { id: 1, method: 'ping' }, { 'mcp-session-id': await open(url) });
    expect(await response.text()).toContain('"result":{}');
  });
});

describe('50 clients with equal ids', () => {
  test('each receive their own 10,000 responses and no others', async () => {
    server = await startHttpServer({ configuration });
    const { url } = server;
    const sessions = await Promise.all(Array.from({ length: 50 }, () => open(url)));
    let right = 0;
    const client = async (session: string, index: number): Promise<void> => {
      for (let id = 1; id <= 200; id += 1) {
        const region = `client ${index} call ${id}`;
        const params = { name: 'test_x_mcp_header', arguments: { region } };
        const response = await post(url, { id, method: 'tools/call', params }, { 'mcp-session-id': session });
        const messages = (await response.text()).split('\n').filter((line) => line.startsWith('data: {'));
        const [message] = messages.map((line) => JSON.parse(line.slice(6)) as Record<string, unknown>);
        expect(messages).toHaveLength(1);
        expect(message).toMatchObject({ id, result: { content: [{ text: `The region is ${region}.` }] } });
        right += 1;
      }
    };
    await Promise.all(sessions.map(client));
    expect(right).toBe(10_000);
  });

  test('a session accepts only the credential that opened it', async () => {
    server = await startHttpServer({ configuration });
    const session = await open(server.url);
    const asOther = await post(
      server.url,
      { id: 1, method: 'tools/list' },
      { 'mcp-session-id': session },
      'other-key-0123456789abcdef',
    );
    expect(asOther.status).toBe(404);
    const asOwner = await post(server.url, { id: 1, method: 'tools/list' }, { 'mcp-session-id': session });
    expect(asOwner.status).toBe(200);
  });
});
