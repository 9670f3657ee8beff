/** Clients that send requests and read nothing, without a credential: the memory of the server stays bounded. */
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, expect, test } from 'vitest';

import { apiKey, startHttpServer, type HttpServerProcess } from './harness/server-process.ts';

let server: HttpServerProcess | undefined;
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server?.stop();
  server = undefined;
});

const residentMb = (pid: number): number =>
  Math.round(Number(/VmRSS:\s+(\d+)/u.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024);

/** Opens connections that each send `requests` pipelined requests and read nothing. */
function openSlowReaders(url: string, path: string, connections: number, requests: number): void {
  const { hostname, port, host } = new URL(url);
  for (let i = 0; i < connections; i += 1) {
    const socket = connect(Number(port), hostname).on('error', () => {});
    socket.pause();
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`.repeat(requests));
    sockets.push(socket);
  }
}

test.each([
  ['/openapi.json', 30, 900],
  ['/openapi.json', 100, 60],
  // More than the buffers of the operating system take.
  ['/dashboard/main.js', 100, 60],
])(
  'unread responses of %s on %d connections with %d requests each take at most 150 MB and keep nobody out',
  async (path, connections, requests) => {
    server = await startHttpServer();
    const { url, process } = server;
    await (await fetch(`${url}/openapi.json`)).text();
    const before = residentMb(process.pid!);
    openSlowReaders(url, path, connections, requests);
    let peak = before;
    for (let i = 0; i < 20; i += 1) {
      await sleep(150);
      peak = Math.max(peak, residentMb(process.pid!));
    }
    expect(peak - before).toBeLessThan(150);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
  },
);

test('a client that does not read its response is disconnected, although it has no credential', async () => {
  server = await startHttpServer();
  const { url } = server;
  openSlowReaders(url, '/dashboard/main.js', 20, 60);
  // A paused client does not notice that its connection was closed, so the server is asked.
  const open = async (): Promise<number> => {
    const metrics = await (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${apiKey}` } })).text();
    return Number(/^mcp_system_active_connections (\d+)$/mu.exec(metrics)?.[1]);
  };
  await expect.poll(open).toBeGreaterThan(20);
  await expect.poll(open, { interval: 1_000 }).toBeLessThan(5);
});
