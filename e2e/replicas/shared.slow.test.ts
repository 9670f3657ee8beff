/** What three servers behind nginx know of each other: input rounds, revoked keys, forced breakers, the order of events. */
import { readFileSync, writeFileSync } from 'node:fs';

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, describe, expect, test } from 'vitest';

import { httpOptions } from '../harness/clients.ts';
import { execute, headers } from '../harness/tool-requests.ts';
import { canRun, Cluster } from './cluster.ts';

const MANY = 'requests: 100000, window: 60, burst: 100000';
const poll = { timeout: 10_000, interval: 20 };

let cluster: Cluster | undefined;
afterEach(async () => {
  await cluster?.[Symbol.asyncDispose]();
  cluster = undefined;
});

async function start(): Promise<{ url: string; urls: string[] }> {
  cluster = new Cluster();
  await cluster.start(MANY);
  return { url: cluster.url, urls: cluster.servers.map((server) => server.url) };
}

const operator = (url: string | undefined, path: string): Promise<Response> =>
  fetch(`${url}/tools/${path}`, { method: 'POST', headers });

describe.runIf(canRun)('three servers behind nginx', { timeout: 180_000 }, () => {
  test('go on with the input round that another of them began, for a client of the 2026 revision', async () => {
    const { url } = await start();
    const client = new Client(
      { name: 'e2e', version: '1.0.0' },
      { capabilities: { elicitation: {} }, versionNegotiation: { mode: { pin: '2026-07-28' } } },
    );
    let asked = 0;
    client.setRequestHandler('elicitation/create', () => {
      asked += 1;
      return { action: 'accept' as const, content: {} };
    });
    await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', url), httpOptions));
    const read: string[] = [];
    for (let call = 0; call < 20; call++) {
      const word = `word ${call}`;
      const { content } = await client.callTool({ name: 'shout_confirmed', arguments: { word } });
      read.push(JSON.stringify(content).includes(word) ? 'answered' : JSON.stringify(content));
    }
    expect(new Set(read)).toEqual(new Set(['answered']));
    expect(asked).toBe(20);
    await client.close();
  });

  test('see each of 200 changes of a switch within a second', async () => {
    const { urls } = await start();
    const [a, b = ''] = urls;
    const isEnabled = async (): Promise<boolean> =>
      ((await (await fetch(`${b}/tools/say`, { headers })).json()) as { enabled: boolean }).enabled;
    let longestMs = 0;
    for (let turn = 0; turn < 200; turn++) {
      const enabled = turn % 2 === 1;
      await operator(a, `say/${enabled ? 'enable' : 'disable'}`);
      const beforeMs = performance.now();
      while ((await isEnabled()) !== enabled) await new Promise((resolve) => setImmediate(resolve));
      longestMs = Math.max(longestMs, performance.now() - beforeMs);
    }
    expect(longestMs).toBeLessThan(1000);
  });

  test('have a breaker open that an operator opened on one of them, also after restarts, until it is reset', async () => {
    const { urls } = await start();
    const statuses = (): Promise<number[]> =>
      Promise.all(urls.map(async (url) => (await execute(url, 'say', { word: 'x' })).status));
    expect((await operator(urls[0], 'say/breaker/open')).status).toBe(200);
    await expect.poll(statuses, { timeout: 1000, interval: 20 }).toEqual([503, 503, 503]);
    await cluster?.restartAll();
    expect(await statuses()).toEqual([503, 503, 503]);
    expect((await operator(urls[1], 'say/breaker/reset')).status).toBe(200);
    await expect.poll(statuses, { timeout: 1000, interval: 20 }).toEqual([200, 200, 200]);
  });

  test('end the sessions of a key that is removed, on each that reads the file, and open them nowhere', async () => {
    const { urls } = await start();
    const file = cluster?.servers[0]?.configFile ?? '';
    const keys = "\n  apiKeys: [{ name: leaving, key: 'leaving-key-0123456789abcdef', scopes: [tools:call] }]";
    const text = readFileSync(file, 'utf8');
    const reload = (content: string): Promise<number[]> => {
      writeFileSync(file, content);
      return Promise.all(
        urls.map(async (url) => (await fetch(`${url}/config/reload`, { method: 'POST', headers })).status),
      );
    };
    expect(await reload(text.replace('security:', `security:${keys}`))).toEqual([200, 200, 200]);
    const send = (url: string, key: string, body: object, session?: string): Promise<Response> =>
      fetch(`${url}/mcp`, {
        method: 'POST',
        headers: {
          ...headers,
          authorization: `Bearer ${key}`,
          accept: 'application/json, text/event-stream',
          'mcp-protocol-version': '2025-11-25',
          ...(session !== undefined && { 'mcp-session-id': session }),
        },
        body: JSON.stringify({ jsonrpc: '2.0', ...body }),
      });
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
    const leaving = 'leaving-key-0123456789abcdef';
    const opened = await send(urls[0] ?? '', leaving, { id: 1, method: 'initialize', params });
    await opened.text();
    const session = opened.headers.get('mcp-session-id') ?? '';
    const ping = (key: string): Promise<number[]> =>
      Promise.all(urls.map(async (url) => (await send(url, key, { id: 2, method: 'ping' }, session)).status));
    expect(await ping(leaving)).toEqual([200, 200, 200]);
    expect(await ping(headers.authorization.replace('Bearer ', ''))).toEqual([404, 404, 404]);
    const stream = await fetch(`${urls[1]}/mcp`, {
      headers: {
        authorization: `Bearer ${leaving}`,
        accept: 'text/event-stream',
        'mcp-protocol-version': '2025-11-25',
        'mcp-session-id': session,
      },
    });
    expect(stream.status).toBe(200);
    const ended = stream.text();
    expect(await reload(text)).toEqual([200, 200, 200]);
    await ended;
    expect(await ping(leaving)).toEqual([401, 401, 401]);
    expect(await reload(text.replace('security:', `security:${keys}`))).toEqual([200, 200, 200]);
    expect(await ping(leaving)).toEqual([404, 404, 404]);
  });

  test('give 1,000 events in one order, without one missing or double for a reader that moves to another', async () => {
    const { urls } = await start();
    const reader = await EventReader.open(urls[0] ?? '');
    const call = (number: number): Promise<Response> => execute(urls[number % 3] ?? '', 'say', { word: `${number}` });
    await expect.poll(async () => (await fetch(`${urls[2]}/metrics`, { headers })).ok, poll).toBe(true);
    await reader.until(async () => void (await call(0)), 1);
    for (let number = 1; number < 500; number++) await call(number);
    await reader.until(async () => {}, 500);
    await reader.close();
    for (let number = 500; number < 1000; number++) await call(number);
    const next = await EventReader.open(urls[1] ?? '', reader.lastId);
    await next.until(async () => {}, 500);
    expect(next.gaps + reader.gaps).toBe(0);
    const ids = [...reader.ids, ...next.ids];
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(1000);
    await next.close();
  });
});

/** Reads the events of finished calls. */
class EventReader {
  readonly ids: string[] = [];
  lastId = '';
  gaps = 0;
  #text = '';
  readonly #reader: ReadableStreamDefaultReader<string>;

  private constructor(reader: ReadableStreamDefaultReader<string>) {
    this.#reader = reader;
  }

  static async open(url: string, lastId?: string): Promise<EventReader> {
    const more = lastId === undefined ? {} : { 'last-event-id': lastId };
    const response = await fetch(`${url}/events`, { headers: { ...headers, ...more } });
    return new EventReader(response.body!.pipeThrough(new TextDecoderStream()).getReader());
  }

  async until(act: () => Promise<void>, count: number): Promise<void> {
    await act();
    while (this.ids.length < count) {
      const { value, done } = await this.#reader.read();
      if (done) throw new Error('the stream has ended');
      this.#text += value;
      const frames = this.#text.split('\n\n');
      this.#text = frames.pop() ?? '';
      for (const frame of frames) this.#take(frame);
    }
  }

  close(): Promise<void> {
    return this.#reader.cancel();
  }

  #take(frame: string): void {
    const { id, type } = /^(?:id: (?<id>.+)\n)?event: (?<type>.+)$/mu.exec(frame)?.groups ?? {};
    if (type === 'stream.gap') this.gaps += 1;
    if (id !== undefined) this.lastId = id;
    if (id !== undefined && type === 'call.finished') this.ids.push(id);
  }
}
