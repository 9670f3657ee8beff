/** Sessions of a 2025-era client whose requests reach another process each time: three servers behind nginx, and two workers. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  ElicitRequestSchema,
  LoggingMessageNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { afterEach, expect, test } from 'vitest';

import { httpOptions } from '../harness/clients.ts';
import { startHttpServer, type HttpServerProcess } from '../harness/server-process.ts';
import { execute, headers } from '../harness/tool-requests.ts';
import { canRun, Cluster, configuration } from './cluster.ts';

const MANY = 'requests: 100000, window: 60, burst: 100000';
const poll = { timeout: 10_000, interval: 20 };

let cluster: Cluster | undefined;
let server: HttpServerProcess | undefined;
let client: Client | undefined;
afterEach(async () => {
  await client?.close();
  await server?.[Symbol.asyncDispose]();
  await cluster?.[Symbol.asyncDispose]();
  [cluster, server, client] = [undefined, undefined, undefined];
});

/** A new connection for each request, as a balancer of connections needs it to spread them. */
const closing: typeof fetch = (input, init = {}) =>
  fetch(input, { ...init, headers: { ...Object.fromEntries(new Headers(init.headers)), connection: 'close' } });

async function connect(url: string, answer: () => object): Promise<Client> {
  client = new Client({ name: 'e2e', version: '1.0.0' }, { capabilities: { elicitation: {} } });
  client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept' as const, content: {}, ...answer() }));
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { ...httpOptions, fetch: closing }));
  return client;
}

const textOf = (result: unknown): string => (result as { content: { text: string }[] }).content[0]?.text ?? '';

async function usesEverything(url: string, changeTool: (path: string) => Promise<unknown>): Promise<object> {
  let answers = 0;
  let lists = 0;
  const logs: unknown[] = [];
  const connected = await connect(url, () => ({ n: (answers += 1) }));
  connected.setNotificationHandler(ToolListChangedNotificationSchema, () => void (lists += 1));
  connected.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => void logs.push(params));
  await connected.setLoggingLevel('error');
  for (let call = 0; call < 200; call++) {
    const confirmed = call % 5 === 0;
    const [name, word] = [confirmed ? 'shout_confirmed' : 'shout', `word ${call}`];
    expect(textOf(await connected.callTool({ name, arguments: { word } }))).toContain(word);
  }
  await changeTool('slow/disable');
  await expect.poll(() => lists, poll).toBeGreaterThan(0);
  const { tools } = await connected.listTools();
  return { answers, logs, hasSlow: tools.some(({ name }) => name === 'slow') };
}

/** No log messages: those of the level `info` are wanted from none of the processes. */
const everything = { answers: 40, logs: [], hasSlow: false };

test.runIf(canRun)(
  'three servers behind nginx: 200 calls, confirmations in mid-call, list changes and a level, without an error',
  { timeout: 120_000 },
  async () => {
    cluster = new Cluster();
    await cluster.start(MANY);
    const [first] = cluster.servers;
    const change = (path: string): Promise<unknown> =>
      fetch(`${first?.url}/tools/${path}`, { method: 'POST', headers });
    expect(await usesEverything(cluster.url, change)).toEqual(everything);
  },
);

test('two workers: the same', { timeout: 120_000 }, async () => {
  server = await startHttpServer({
    configuration: `server: { workers: 2 }\n${configuration(MANY)}`,
  });
  const { url } = server;
  const change = (path: string): Promise<unknown> => fetch(`${url}/tools/${path}`, { method: 'POST', headers });
  expect(await usesEverything(url, change)).toEqual(everything);
});

test.runIf(canRun)(
  'a cancellation that reaches another server ends the call where it runs',
  { timeout: 120_000 },
  async () => {
    cluster = new Cluster();
    await cluster.start(MANY);
    const { servers, url } = cluster;
    const connected = await connect(url, () => ({}));
    const running = async (): Promise<number> => {
      const texts = await Promise.all(
        servers.map(async (each) => (await fetch(`${each.url}/tools/slow`, { headers })).text()),
      );
      return texts.filter((text) => text.includes('"running":1')).length;
    };
    for (let turn = 0; turn < 6; turn++) {
      const abort = new AbortController();
      const call = connected
        .callTool({ name: 'slow', arguments: { seconds: 60 } }, undefined, { signal: abort.signal })
        .catch(() => 'cancelled');
      await expect.poll(running, poll).toBe(1);
      abort.abort();
      expect(await call).toBe('cancelled');
      await expect.poll(running, poll).toBe(0);
    }
    expect((await execute(url, 'shout', { word: 'x' })).status).toBe(200);
  },
);
