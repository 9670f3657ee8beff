/** Several servers behind one load balancer, with faults for real. */
import { afterEach, describe, expect, test } from 'vitest';

import { execute, headers } from '../harness/tool-requests.ts';
import { canRun, Cluster } from './cluster.ts';

const MANY = 'requests: 100000, window: 60, burst: 100000';
const poll = { timeout: 10_000, interval: 20 };

let cluster: Cluster | undefined;
afterEach(async () => {
  await cluster?.[Symbol.asyncDispose]();
  cluster = undefined;
});

async function start(rateLimit?: string): Promise<Cluster> {
  cluster = new Cluster();
  await cluster.start(rateLimit);
  return cluster;
}

const operator = (url: string, path: string): Promise<Response> =>
  fetch(`${url}/tools/${path}`, { method: 'POST', headers });

/** A 2025-era client without an SDK: every request goes where the load balancer sends it. */
class Client2025 {
  readonly #url: string;
  #session = '';
  #id = 0;

  constructor(url: string) {
    this.#url = url;
  }

  async send(method: string, params: object): Promise<Response> {
    const response = await fetch(`${this.#url}/mcp`, {
      method: 'POST',
      headers: {
        ...headers,
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2025-11-25',
        ...(this.#session !== '' && { 'mcp-session-id': this.#session }),
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: ++this.#id, method, params }),
    });
    this.#session ||= response.headers.get('mcp-session-id') ?? '';
    return response;
  }

  async open(): Promise<this> {
    const clientInfo = { name: 'test', version: '1' };
    await (await this.send('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo })).text();
    return this;
  }

  /** @returns `200` for the word in a result, else what came instead */
  async call(word: string): Promise<string> {
    const response = await this.send('tools/call', { name: 'shout', arguments: { word } });
    const text = await response.text();
    return response.status === 200 && text.includes(word) ? '200' : `${response.status} ${text}`;
  }

  async end(): Promise<number> {
    const response = await fetch(`${this.#url}/mcp`, {
      method: 'DELETE',
      headers: { ...headers, 'mcp-session-id': this.#session, 'mcp-protocol-version': '2025-11-25' },
    });
    return response.status;
  }
}

describe.runIf(canRun)('three servers behind nginx', { timeout: 240_000 }, () => {
  test('lose only the calls of a server that is killed; its session goes on', async () => {
    const { url, servers } = await start(MANY);
    const client = await new Client2025(url).open();
    const running = servers.map(({ url: own }) =>
      execute(own, 'slow', { seconds: 2 }).then(
        ({ status }) => status,
        () => 'lost',
      ),
    );
    const loads = (): Promise<string[]> =>
      Promise.all(servers.map(async ({ url: own }) => (await fetch(`${own}/tools/slow`, { headers })).text()));
    await expect.poll(loads, poll).toEqual(servers.map(() => expect.stringContaining('"running":1')));
    await cluster?.kill(0);
    const answers = [];
    for (let call = 0; call < 20; call++) answers.push(await client.call(`word ${call}`));
    expect(new Set(answers)).toEqual(new Set(['200']));
    expect(await Promise.all(running)).toEqual(['lost', 200, 200]);
  });

  test('have a tool disabled on all within a second, also after restarts and an engine that lost its data', async () => {
    const { servers } = await start(MANY);
    const statuses = (): Promise<number[]> =>
      Promise.all(servers.map(async ({ url }) => (await execute(url, 'shout', { word: 'x' })).status));
    expect((await operator(servers[0]?.url ?? '', 'shout/disable')).status).toBe(200);
    await expect.poll(statuses, { timeout: 1000, interval: 20 }).toEqual([409, 409, 409]);
    await cluster?.restartAll();
    expect(await statuses()).toEqual([409, 409, 409]);
    await cluster?.killRedis();
    expect((await operator(servers[1]?.url ?? '', 'slow/disable')).status).toBe(202);
    await cluster?.redis?.start();
    const slow = async (): Promise<number> => (await execute(servers[2]?.url ?? '', 'slow', { seconds: 1 })).status;
    await expect.poll(slow, { timeout: 20_000, interval: 200 }).toBe(409);
    expect(await statuses()).toEqual([409, 409, 409]);
  });

  test('do not serve when they are started while their engine hangs, and know what was disabled when they do', async () => {
    const { servers, redis } = await start(MANY);
    const [first, , last] = servers;
    expect((await operator(first?.url ?? '', 'shout/disable')).status).toBe(200);
    await last?.stop();
    redis?.hang();
    let serves = false;
    const starting = cluster?.startServer(2, { MCP_CLUSTER_START_TIMEOUT: '60' }).then(() => (serves = true));
    const engine = async (): Promise<string> => (await fetch(`${first?.url}/metrics`, { headers })).text();
    await expect.poll(engine, { timeout: 60_000, interval: 50 }).toMatch(/^mcp_cluster_up 0$/mu);
    await expect(fetch(`${last?.url}/health/live`)).rejects.toThrow('fetch failed');
    expect(serves).toBe(false);
    redis?.resume();
    await starting;
    expect((await execute(last?.url ?? '', 'shout', { word: 'x' })).status).toBe(409);
    expect((await fetch(`${last?.url}/health/ready`)).status).toBe(200);
  });

  test('grant one limit together, no more while the engine is killed or paused, and no call waits or fails', async () => {
    const { servers } = await start();
    const rounds = async (count: number): Promise<{ granted: number; slowestMs: number; statuses: Set<number> }> => {
      let [granted, slowestMs] = [0, 0];
      const statuses = new Set<number>();
      for (let call = 0; call < count; call++) {
        const beforeMs = performance.now();
        const { status } = await execute(servers[call % 3]?.url ?? '', 'shout', { word: 'x' });
        slowestMs = Math.max(slowestMs, performance.now() - beforeMs);
        statuses.add(status);
        if (status === 200) granted += 1;
      }
      return { granted, slowestMs, statuses };
    };
    const ready = async (): Promise<number> => (await fetch(`${servers[0]?.url}/health/ready`)).status;
    for (const { url } of servers) {
      const replicas = async (): Promise<string> => (await fetch(`${url}/metrics`, { headers })).text();
      await expect.poll(replicas, poll).toMatch(/^mcp_cluster_replicas 3$/mu);
    }
    const startedMs = performance.now();
    const together = await rounds(90);
    const refilled = (performance.now() - startedMs) / 1000;
    expect(together.granted).toBeGreaterThanOrEqual(60);
    expect(together.granted).toBeLessThanOrEqual(60 + Math.ceil(refilled));
    expect(together.statuses).toEqual(new Set([200, 429]));
    cluster?.pauseRedis(3000);
    const paused = await rounds(30);
    expect([...paused.statuses].every((status) => [200, 429].includes(status))).toBe(true);
    await cluster?.killRedis();
    const alone = await rounds(30);
    expect([...alone.statuses].every((status) => [200, 429].includes(status))).toBe(true);
    // Their shares had been used up with the limit; both grow by 60 calls a minute.
    const growth = Math.ceil((performance.now() - startedMs) / 1000);
    expect(together.granted + paused.granted + alone.granted).toBeLessThanOrEqual(60 + 2 * growth);
    expect(await ready()).toBe(200);
  });

  test('show events of one server on another, and go on there after the last id', async () => {
    const { servers } = await start(MANY);
    const [a, b, c] = servers.map(({ url }) => url) as [string, string, string];
    const first = await readEvents(a, undefined, () => operator(c, 'shout/disable'));
    expect(first.frame).toMatch(/event: tool\.changed[\s\S]*"replica":"replica-2"/u);
    await operator(c, 'shout/enable');
    await operator(a, 'slow/disable');
    const second = await readEvents(b, first.id, () => Promise.resolve(), 'slow');
    expect(second.text).not.toContain('stream.gap');
    expect(second.text.match(/event: tool\.changed/gu)?.length).toBeGreaterThanOrEqual(2);
    const unknown = await readEvents(b, 'aaaaaaaa-1-0', () => operator(a, 'slow/enable'));
    expect(unknown.text).toContain('stream.gap');
  });

  test('open no session again that was ended on one of them', async () => {
    const { url } = await start(MANY);
    const client = await new Client2025(url).open();
    expect(await client.call('before')).toBe('200');
    expect(await client.end()).toBe(200);
    for (let call = 0; call < 6; call++) {
      await expect.poll(async () => (await client.send('ping', {})).status, { timeout: 1000 }).toBe(404);
    }
  });
});

/** Reads `/events` until a change of a tool whose frame contains `word`. */
async function readEvents(
  url: string,
  lastEventId: string | undefined,
  act: () => Promise<unknown>,
  word = 'tool.changed',
): Promise<{ text: string; frame: string; id: string }> {
  const more = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
  const response = await fetch(`${url}/events`, { headers: { ...headers, ...more } });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = (await reader.read()).value ?? '';
  await act();
  for (;;) {
    const frame = text.split('\n\n').find((each) => each.includes('event: tool.changed') && each.includes(word));
    if (frame !== undefined) {
      await reader.cancel();
      return { text, frame, id: /^id: (?<id>.+)$/mu.exec(frame)?.groups?.['id'] ?? '' };
    }
    const { value, done } = await reader.read();
    // Without this, a stream that ends makes the loop go on for ever, and no time limit ends it.
    if (done) throw new Error(`the stream of ${url} ended with status ${response.status}: ${text}`);
    text += value;
  }
}
