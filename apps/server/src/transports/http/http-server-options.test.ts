import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Rejection } from '../../foundation/problem-details.ts';
import { guardRequest } from './guard/guard.ts';
import { hostAndOriginLists } from './guard/host-and-origin.ts';
import { applyServerLimits, httpServerOptions } from './http-server-options.ts';

let server: Server;
let port: number;
let malformed: Rejection[];

beforeEach(async () => {
  const responding = new Set<Duplex>();
  server = createServer(httpServerOptions, (request, response) => {
    responding.add(request.socket);
    response.on('close', () => responding.delete(request.socket));
    const result = guardRequest(request, hostAndOriginLists({ host: '127.0.0.1', port }));
    response.statusCode = result.ok ? 200 : result.status;
    // '/slow' does not end its response, like an event stream.
    if (request.url === '/slow') response.write('begun');
    else response.end();
  });
  malformed = [];
  applyServerLimits(
    server,
    65_000,
    (socket) => responding.has(socket),
    (_, rejection) => malformed.push(rejection),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

async function send(raw: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(raw);
  return text(socket).catch(() => '');
}

const request = (line: string, ...headers: string[]): string =>
  [line, ...headers, 'Connection: close', '', ''].join('\r\n');
const host = (): string => `Host: 127.0.0.1:${port}`;
const statusOf = (answer: string): number => Number(answer.split(' ')[1]);

test('the timeouts and limits are set', () => {
  expect(server).toMatchObject({
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 65_000,
    maxHeadersCount: 100,
    maxRequestsPerSocket: 1_000,
  });
});

test('101 and 3000 headers are rejected, not dropped beyond the limit', async () => {
  const headers = (count: number): string[] => Array.from({ length: count }, (_, i) => `x${i}: 1`);
  expect(statusOf(await send(request('GET / HTTP/1.1', host(), ...headers(97))))).toBe(200);
  expect(statusOf(await send(request('GET / HTTP/1.1', host(), ...headers(99))))).toBe(431);
  expect(statusOf(await send(request('GET / HTTP/1.1', host(), ...headers(1500))))).toBe(431);
  expect(statusOf(await send(request('GET / HTTP/1.1', host(), ...headers(3000))))).toBe(431);
});

test('a second Host behind many other headers is rejected', async () => {
  const filler = Array.from({ length: 90 }, (_, i) => `x${i}: 1`);
  expect(statusOf(await send(request('GET / HTTP/1.1', host(), ...filler, 'Host: evil.example')))).toBe(400);
});

test('rejects requests without Host, TRACE and dot segments, and takes its own URL', async () => {
  expect(statusOf(await send(request('GET / HTTP/1.0')))).toBe(400);
  expect(statusOf(await send(request('GET / HTTP/1.0', host())))).toBe(200);
  expect(statusOf(await send(request('TRACE / HTTP/1.1', host())))).toBe(405);
  expect(statusOf(await send(request(`GET http://127.0.0.1:${port}/ HTTP/1.1`, host())))).toBe(200);
  expect(statusOf(await send(request('GET / HTTP/1.1')))).toBe(400);
  expect(statusOf(await send(request('GET /mcp/../metrics HTTP/1.1', host())))).toBe(400);
  expect(statusOf(await send(request('GET / HTTP/1.1', host(), 'Upgrade: websocket')))).toBe(400);
});

test('what is not HTTP gets a problem, which is reported', async () => {
  const answer = await send('NONSENSE\r\n\r\n');
  expect(statusOf(answer)).toBe(400);
  expect(malformed).toMatchObject([{ problem: { type: expect.stringContaining('malformed_request') } }]);
  expect(answer).toContain('content-type: application/problem+json');
  expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ status: 400, title: 'Bad Request' });
});

test('a TLS handshake is reported as one', async () => {
  await send('\u0016\u0003\u0001\u0000\u00c8\u0001\u0000');
  expect(malformed).toMatchObject([{ problem: { type: expect.stringContaining('tls_not_supported') } }]);
});

test('headers above 16 KiB get 431', async () => {
  expect(statusOf(await send(request('GET / HTTP/1.1', host(), `x: ${'a'.repeat(17_000)}`)))).toBe(431);
});

test('a malformed request does not write into a response in progress', async () => {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(`GET /slow HTTP/1.1\r\n${host()}\r\n\r\n`);
  const [first] = (await once(socket, 'data')) as [Buffer];
  socket.write('NONSENSE\r\n\r\n');
  const rest = await text(socket).catch(() => '');
  expect(first.toString() + rest).not.toContain('problem+json');
});
