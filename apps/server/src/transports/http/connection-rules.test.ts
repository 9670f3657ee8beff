/** What a client can do on its connections to a listener, over sockets. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

import { SystemMetrics } from '@mcp/metrics';
import { Hono } from 'hono';
import { afterEach, beforeEach, expect, test } from 'vitest';

import type { ServerConfig } from '../../configuration/shape/server-config.ts';
import { ManualClock } from '../../foundation/test-support/manual-clock.ts';
import { HttpListener } from './http-listener.ts';
import type { HttpEnv } from './routing/request-context.ts';
import { readRequestBody } from './routing/request-body.ts';
import { RejectionLog } from './routing/rejection-log.ts';

const values = {
  server: { host: '127.0.0.1', workers: 1, maxConnections: 4, keepAliveTimeout: 65 },
  security: { allowedHosts: [], allowedOrigins: [] },
} as unknown as ServerConfig;

let listener: HttpListener;
let port: number;
let executed: string[];
let logged: string[];
let waiting: number;
let clock: ManualClock;
const sockets: Socket[] = [];

beforeEach(async () => {
  executed = [];
  logged = [];
  waiting = 0;
  clock = new ManualClock();
  const app = new Hono<HttpEnv>()
    .get('/health/live', (context) => context.text('alive'))
    .get('/wait', () => {
      waiting += 1;
      return new Promise<Response>(() => {});
    })
    .get('/large', (context) => context.body('x'.repeat(8_000_000)))
    .post('/execute', async (context) => {
      executed.push(context.req.query('n') ?? '');
      const body = await readRequestBody(context.env);
      return context.json(body.ok ? body.value : body.problem);
    });
  const rejections = new RejectionLog({
    logger: { info: (line: object) => logged.push((line as { problem: string }).problem.split(':').at(-1) ?? '') },
  });
  const system = new SystemMetrics({ eventLoop: false });
  listener = new HttpListener({ router: () => app, values, port: 0, system, rejections, clock });
  port = Number(new URL(await listener.listen()).port);
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await listener.close();
});

async function open(): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

const host = (): string => `Host: 127.0.0.1:${port}`;
const get = (target: string, ...headers: string[]): string =>
  [`GET ${target} HTTP/1.1`, host(), ...headers, '', ''].join('\r\n');
const execute = (n: string, ...headers: string[]): string =>
  [
    `POST /execute?n=${n} HTTP/1.1`,
    host(),
    'Content-Type: application/json',
    'Content-Length: 2',
    ...headers,
    '',
    '',
  ].join('\r\n');
const statuses = (answer: string): number[] =>
  [...answer.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, code]) => Number(code));

async function exchange(request: string): Promise<string> {
  const socket = await open();
  socket.write(request);
  return text(socket);
}

test('pipelined requests are answered in order', async () => {
  const answer = await exchange(`${execute('1')}{}${execute('2')}[]${execute('3', 'Connection: close')}{}`);
  expect(statuses(answer)).toEqual([200, 200, 200]);
  expect(executed).toEqual(['1', '2', '3']);
});

test.each([
  ['a rejected request', '//ambiguous', 400],
  ['a request that asks for the end of the connection', '/health/live', 200],
])('nothing behind %s is executed', async (_what, target, status) => {
  const answer = await exchange(`${get(target, 'Connection: close')}${execute('behind')}{}`);
  expect(statuses(answer)).toEqual([status]);
  expect(executed).toEqual([]);
});

test('a connection with hundreds of unanswered requests is closed and logged', async () => {
  const answer = await exchange(get('/wait').repeat(300));
  expect(statuses(answer)).toEqual([]);
  expect(logged).toContain('too_many_pipelined_requests');
});

test('Expect: 100-continue is answered with 100 only when the body is wanted', async () => {
  const socket = await open();
  socket.write(execute('1', 'Expect: 100-continue', 'Connection: close'));
  const [first] = (await once(socket, 'data')) as [Buffer];
  expect(first.toString()).toMatch(/^HTTP\/1\.1 100 /);
  socket.write('{}');
  expect(statuses(await text(socket))).toEqual([200]);
});

test.each([
  ['a body that is too large', 'Content-Length: 999999', 413],
  ['a body of another type', 'Content-Type: text/plain', 415],
  ['another origin', 'Origin: http://evil.example', 403],
])('Expect: 100-continue with %s is rejected without 100', async (_what, header, status) => {
  const name = header.split(':', 1)[0] ?? '';
  const lines = execute('1', 'Expect: 100-continue').split('\r\n');
  const request = [...lines.filter((line) => !line.startsWith(name)).slice(0, -2), header, '', ''].join('\r\n');
  expect(statuses(await exchange(request))).toEqual([status]);
  expect(executed).toEqual([]);
});

test('a client that reads nothing is disconnected after 30 seconds, without a credential asked', async () => {
  const socket = await open();
  socket.pause();
  socket.write(get('/large'));
  const closed = once(socket, 'close');
  // Wait until the server has written as much as the client's system takes.
  const probe = async (): Promise<number> => statuses(await exchange(get('/health/live', 'Connection: close')))[0] ?? 0;
  for (let i = 0; i < 10; i += 1) {
    expect(await probe()).toBe(200);
    clock.advance(5_000);
  }
  socket.resume();
  await closed;
  expect(socket.bytesRead).toBeLessThan(8_000_000);
});

test('when every connection is in use, health checks from loopback are still answered, and nothing else is', async () => {
  for (let i = 0; i < 4; i += 1) (await open()).write(get('/wait'));
  await expect.poll(() => waiting).toBe(4);
  expect(statuses(await exchange(get('/wait')))).toEqual([503]);
  const health = await exchange(get('/health/live'));
  expect(statuses(health)).toEqual([200]);
  expect(health.toLowerCase()).toContain('connection: close');
});

test('idle connections give way to new ones', async () => {
  const idle = await Promise.all(Array.from({ length: 8 }, () => open()));
  for (let i = 0; i < 5; i += 1) {
    expect(statuses(await exchange(get('/health/live', 'Connection: close')))).toEqual([200]);
  }
  await expect.poll(() => idle.filter(({ closed }) => !closed).length).toBeLessThanOrEqual(4);
});
