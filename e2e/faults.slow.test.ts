/** Faults around the server: it keeps serving what it can and reports what it cannot. */
import { chmodSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';

import { afterEach, describe, expect, test } from 'vitest';

import { launchersOf } from './harness/processes.ts';
import {
  apiKey,
  scratch,
  startHttpServer,
  testConfiguration,
  type HttpServerProcess,
} from './harness/server-process.ts';
import { headers } from './harness/tool-requests.ts';

let server: HttpServerProcess | undefined;
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  if (server?.process.exitCode === null) await server.stop();
  server = undefined;
});

async function start(configuration: string): Promise<HttpServerProcess> {
  server = await startHttpServer({ configuration });
  return server;
}

function shout(url: string, word = 'hello'): Promise<Response> {
  return fetch(`${url}/tools/shout/execute`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ arguments: { word } }),
  });
}

async function check(url: string, name: string): Promise<{ status?: string; output?: string } | undefined> {
  const body = (await (await fetch(`${url}/health`, { headers })).json()) as { checks: Record<string, object[]> };
  return body.checks[name]?.[0];
}

async function open(url: string, request: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  sockets.push(socket);
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(request);
  return socket;
}

/** A negative value ends the server in the turn of the event loop in which its call ends. */
const defectModule = `
import { defineTool, fromJsonSchema } from '@mcp/server';
const input = fromJsonSchema({ type: 'object', properties: { value: { type: 'integer' } }, required: ['value'] });
const run = ({ value }) => {
  if (value < 0) setImmediate(() => { throw new Error('a defect'); });
  return String(value);
};
export const tools = [defineTool({ name: 'defect', description: 'Says it', input, run })];
`;

async function executions(url: string): Promise<readonly unknown[]> {
  const response = await fetch(`${url}/executions?limit=100`, { headers });
  return ((await response.json()) as { entries: readonly unknown[] }).entries;
}

describe('a server with faults around it', () => {
  test('responds to calls while its database is down, and health reports it', async () => {
    const { url } = await start(
      `${testConfiguration}database: { url: 'postgres://nobody@127.0.0.1:1/none' }\nhealth: { checkInterval: 5, timeout: 1 }\n`,
    );
    expect((await shout(url)).status).toBe(200);
    await expect.poll(async () => (await check(url, 'audit_trail'))?.status).toBe('warn');
    expect((await check(url, 'audit_trail'))?.output).toMatch(/postgres audit store has failed/u);
    expect((await shout(url)).status).toBe(200);
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  });

  test('responds to calls when the folder of its database is not writable', async () => {
    const { url, configFile } = await start(`${testConfiguration}database: { url: 'sqlite:/proc/nowhere/audit.db' }\n`);
    expect((await shout(url)).status).toBe(200);
    expect(configFile).toBeTruthy();
    expect((await fetch(`${url}/executions`, { headers })).status).toBe(200);
  });

  test('keeps its configuration when the file disappears, and loads the next one', async () => {
    const { url, configFile } = await start(testConfiguration);
    const text = readFileSync(configFile, 'utf8');
    rmSync(configFile);
    const refused = await fetch(`${url}/config/reload`, { method: 'POST', headers });
    expect(refused.status).toBe(422);
    expect((await shout(url)).status).toBe(200);
    mkdirSync(configFile);
    expect((await fetch(`${url}/config/reload`, { method: 'POST', headers })).status).toBe(422);
    rmSync(configFile, { recursive: true });
    const { writeFileSync } = await import('node:fs');
    writeFileSync(configFile, text, { mode: 0o600 });
    expect((await fetch(`${url}/config/reload`, { method: 'POST', headers })).status).toBe(200);
  });

  test('rejects a configuration file that every user may write', async () => {
    const { url, configFile } = await start(testConfiguration);
    chmodSync(configFile, 0o666);
    const refused = await fetch(`${url}/config/reload`, { method: 'POST', headers });
    expect(refused.status).toBe(422);
    expect((await shout(url)).status).toBe(200);
  });

  test('starts programs again after the launcher was killed', async () => {
    const { url, process } = await start(testConfiguration);
    expect((await shout(url)).status).toBe(200);
    const [launcher = 0] = launchersOf(process.pid!);
    globalThis.process.kill(launcher, 'SIGKILL');
    await expect.poll(async () => (await shout(url)).status).toBe(200);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
  });

  test('ends with 70 after an error that nobody handles, with every line of its log and the entries of earlier calls', async () => {
    using place = scratch();
    place.write('defect.mjs', defectModule);
    const database = `database: { url: 'sqlite:${join(place.folder, 'audit.db')}' }\n`;
    const configFile = place.write('config.yaml', `${database}modules: [./defect.mjs]\nlogging: { format: json }\n`);
    const call = async (url: string, value: number): Promise<unknown> =>
      fetch(`${url}/tools/defect/execute`, { method: 'POST', headers, body: JSON.stringify({ arguments: { value } }) });
    server = await startHttpServer({ configFile });
    for (let value = 0; value < 20; value += 1) await call(server.url, value);
    // What is read is stored.
    expect((await executions(server.url)).length).toBe(20);
    await call(server.url, -1).catch(() => 'the server had ended');
    expect(await server.closed).toBe(70);
    const lines = server
      .output()
      .stderr.split('\n')
      .filter((line) => line.startsWith('{'));
    const messages = lines.map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect(messages.filter((message) => message === 'call.finished')).toHaveLength(21);
    expect(messages.at(-1)).toBe('server.crash');
    await server.stop();
    server = await startHttpServer({ configFile });
    expect((await executions(server.url)).length).toBeGreaterThanOrEqual(20);
  });

  test('serves other clients while 200 send their requests byte by byte', async () => {
    const { url } = await start(`${testConfiguration}server: { maxConnections: 256 }\n`);
    for (let i = 0; i < 200; i += 1) {
      await open(url, `POST /tools/shout/execute HTTP/1.1\r\nHost: ${new URL(url).host}\r\nContent-Le`);
    }
    expect((await shout(url)).status).toBe(200);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
  });

  test('serves calls beside 1000 idle event streams', async () => {
    const keys = Array.from(
      { length: 125 },
      (_, i) => `{ name: w${i}, key: watcher-key-${i}-0123, scopes: [tools:read] }`,
    );
    const { url } = await start(
      `${testConfiguration.replace('security:', `security:\n  apiKeys: [${keys.join(', ')}]`)}server: { maxConnections: 2100 }\n`,
    );
    const { host } = new URL(url);
    const watch = async (i: number): Promise<string> => {
      const key = `watcher-key-${i % 125}-0123`;
      const socket = await open(url, `GET /events HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${key}\r\n\r\n`);
      const [first] = (await once(socket, 'data')) as [Buffer];
      return first.toString('latin1').slice(9, 12);
    };
    const statuses = new Set(await Promise.all(Array.from({ length: 1000 }, (_, i) => watch(i))));
    expect([...statuses]).toEqual(['200']);
    expect((await shout(url)).status).toBe(200);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
  });

  test('keeps connections free for calls while clients request more event streams than it opens', async () => {
    const { url } = await start(`${testConfiguration}server: { maxConnections: 40 }\n`);
    const host = new URL(url).host;
    const answers: string[] = [];
    for (let i = 0; i < 30; i += 1) {
      const socket = await open(
        url,
        `GET /events HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${apiKey}\r\n\r\n`,
      );
      const [first] = (await once(socket, 'data')) as [Buffer];
      answers.push(first.toString('latin1').slice(9, 12));
    }
    // One caller gets eight streams; further ones are rejected.
    expect(answers.filter((status) => status === '200')).toHaveLength(8);
    expect(answers.filter((status) => status === '429')).toHaveLength(22);
    for (const socket of sockets.splice(8)) socket.destroy();
    expect((await shout(url)).status).toBe(200);
  });

  test('shuts down in order while clients have sent half of their requests', async () => {
    const { url } = await start(testConfiguration);
    for (let i = 0; i < 10; i += 1) await open(url, 'POST /mcp HTTP/1.1\r\nHost: ');
    expect(await server!.stop()).toBe(0);
  });
});
