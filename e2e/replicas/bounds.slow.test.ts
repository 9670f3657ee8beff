/** What three servers keep, and for how long: dropped sessions, events, and which sessions were ended when their engine loses that. */
import { afterEach, describe, expect, test } from 'vitest';

import { heapOf, reportsHeap } from '../harness/server-heap.ts';
import { execute, headers } from '../harness/tool-requests.ts';
import { canRun, Cluster } from './cluster.ts';

const MANY = 'requests: 1000000, window: 60, burst: 1000000';
const poll = { timeout: 30_000, interval: 50 };

let cluster: Cluster | undefined;
afterEach(async () => {
  await cluster?.[Symbol.asyncDispose]();
  cluster = undefined;
});

async function start(env: Readonly<Record<string, string>> = {}): Promise<Cluster> {
  cluster = new Cluster('', env);
  await cluster.start(MANY);
  return cluster;
}

async function times(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

const post = (url: string, body: object, session?: string): Promise<Response> =>
  fetch(`${url}/mcp`, {
    method: 'POST',
    headers: {
      ...headers,
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-11-25',
      ...(session !== undefined && { 'mcp-session-id': session }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', ...body }),
  });

async function open(url: string): Promise<string> {
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
  const response = await post(url, { id: 1, method: 'initialize', params });
  await response.text();
  return response.headers.get('mcp-session-id') ?? '';
}

const end = (url: string, session: string): Promise<Response> =>
  fetch(`${url}/mcp`, {
    method: 'DELETE',
    headers: { ...headers, 'mcp-session-id': session, 'mcp-protocol-version': '2025-11-25' },
  });

describe.runIf(canRun)('three servers behind nginx', { timeout: 400_000 }, () => {
  test('have as much heap after 5,000 sessions that were opened and dropped as after 500', async () => {
    const { url, servers } = await start(reportsHeap);
    const use = async (): Promise<void> => {
      const session = await open(url);
      await (await post(url, { id: 2, method: 'ping' }, session)).text();
      await (await end(url, session)).text();
    };
    const heaps = (): Promise<number[]> => Promise.all(servers.map(heapOf));
    await times(500, use);
    const before = await heaps();
    await times(4500, use);
    const after = await heaps();
    // Of each ended session its key is kept for a day; a session itself takes some 700 KB.
    for (const [index, heap] of after.entries()) expect((heap - (before[index] ?? 0)) / 1e6).toBeLessThan(15);
  });

  test('report a gap to a reader that was away for longer than events are kept', async () => {
    const { servers } = await start();
    const [a = '', b = '', c = ''] = servers.map(({ url }) => url);
    const first = await readUntil(a, undefined, /^id: (?<id>\S+)\nevent: tool\.changed/mu, () =>
      fetch(`${c}/tools/slow/disable`, { method: 'POST', headers }),
    );
    // Somebody else goes on reading, so the events of calls are shared.
    const other = await fetch(`${a}/events`, { headers });
    const drained = other.body?.pipeTo(new WritableStream()).catch(() => {});
    await times(3000, async (index) => (await execute(servers[index % 3]?.url ?? '', 'say', { word: 'x' })).text());
    const missed = await readUntil(b, first?.['id'], /event: (?<type>stream\.gap)/u, async () => {});
    expect(missed?.['type']).toBe('stream.gap');
    await cluster?.[Symbol.asyncDispose]();
    cluster = undefined;
    await drained;
  });

  test('open no session that was ended before their engine lost its data, not even on one that was started since', async () => {
    const started = await start();
    const [a = '', b = '', c = ''] = started.servers.map(({ url }) => url);
    const [session, other] = [await open(a), await open(b)];
    expect((await post(b, { id: 2, method: 'ping' }, session)).status).toBe(200);
    expect((await end(b, session)).status).toBe(200);
    await started.killRedis();
    await started.redis?.start();
    const key = `{mcp}:ended:${session.slice(-20)}`;
    await expect.poll(() => started.redis?.command('exists', key), poll).toBe('1');
    await started.servers[2]?.stop();
    await started.startServer(2);
    for (const url of [a, b, c]) {
      expect((await post(url, { id: 3, method: 'ping' }, session)).status).toBe(404);
      expect((await post(url, { id: 3, method: 'ping' }, other)).status).toBe(200);
    }
  });
});

/** The groups of what is read from `/events`, or nothing when the stream ends before. */
async function readUntil(
  url: string,
  lastEventId: string | undefined,
  wanted: RegExp,
  act: () => Promise<unknown>,
): Promise<Record<string, string> | undefined> {
  const more = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
  const response = await fetch(`${url}/events`, { headers: { ...headers, ...more } });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const acting = act();
  for (;;) {
    const found = wanted.exec(text);
    if (found) {
      await acting;
      await reader.cancel();
      return found.groups;
    }
    const { value, done } = await reader.read();
    if (done) throw new Error(`the stream of ${url} ended: ${text}`);
    text += value;
  }
}
