import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import { describe, expect, onTestFinished, test } from 'vitest';

import { acceptWaiting, type ListeningHandle } from './accept-waiting.ts';

const stopped = { monotonicMs: (): number => 0 };
const handleOf = (server: Server): ListeningHandle => (server as unknown as { _handle: ListeningHandle })._handle;
const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** A server that greets who connects. */
async function listen(host: string): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => {}).end('welcome'));
  server.listen(0, host);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return server;
}

/** @returns what a client gets: the greeting, or the code of an error */
function outcome(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.once('data', (text: Buffer) => resolve(text.toString()));
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code ?? ''));
  });
}

const inNextTick = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

describe.runIf(process.platform === 'linux').each(['127.0.0.1', '0.0.0.0', '::', '::1'])('a listener at %s', (host) => {
  const address = host.includes(':') ? '::1' : '127.0.0.1';

  test('accepts all that waits when it stops, and more than its queue can hold from then on', async () => {
    const server = await listen(host);
    const clients = Array.from({ length: 30 }, () => outcome(connect(portOf(server), address)));
    await inNextTick();
    await acceptWaiting([handleOf(server)], stopped);
    server.close();
    expect(new Set(await Promise.all(clients))).toEqual(new Set(['welcome']));
  });

  test('refuses who connects just before it closes: a connection that was established would be reset', async () => {
    const server = await listen(host);
    await acceptWaiting([handleOf(server)], stopped);
    const client = outcome(connect(portOf(server), address));
    await inNextTick();
    server.close();
    expect(await client).toBe('ECONNREFUSED');
  });
});

test('several listeners are ready to be closed at the same time', async () => {
  const servers = [await listen('127.0.0.1'), await listen('127.0.0.1')];
  const clients = servers.map((server) => outcome(connect(portOf(server), '127.0.0.1')));
  await inNextTick();
  await acceptWaiting(servers.map(handleOf), stopped);
  for (const server of servers) server.close();
  expect(await Promise.all(clients)).toEqual(['welcome', 'welcome']);
});

test('ends after five seconds where a client never completes its handshake', async () => {
  const server = await listen('127.0.0.1');
  const port = portOf(server).toString(16).toUpperCase().padStart(4, '0');
  const table = `0: 0100007F:${port} 00000000:0000 0A 0:0 0 0 0 0 0\n1: 0100007F:${port} 0B00000A:DA55 03 0:0 0 0 0 0 0\n`;
  let seconds = 0;
  const clock = { monotonicMs: (): number => 1000 * seconds++ };
  await acceptWaiting([handleOf(server)], clock, (path) => (path === '/proc/net/tcp' ? [table] : []));
  expect(seconds).toBe(7);
});

test('ends with a turn that accepts nothing where the system shows no sockets', async () => {
  const server = await listen('127.0.0.1');
  const clients = Array.from({ length: 3 }, () => outcome(connect(portOf(server), '127.0.0.1')));
  await inNextTick();
  await acceptWaiting([handleOf(server)], stopped, () => []);
  server.close();
  expect(await Promise.all(clients)).toEqual(['welcome', 'welcome', 'welcome']);
});
