/** A server on every address allows the address that a connection reached as Host, as a kubelet sends it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { afterEach, describe, expect, test } from 'vitest';

import { guardRequest } from './guard.ts';
import { hostAndOriginLists } from './host-and-origin.ts';
import { clientUrl } from '../../../foundation/client-url.ts';

const servers: ReturnType<typeof createServer>[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

async function listen(bind: string): Promise<number> {
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo;
    const verdict = guardRequest(request, hostAndOriginLists({ host: bind, port }));
    response.writeHead(verdict.ok ? 200 : verdict.status).end();
  });
  servers.push(server);
  server.listen(0, bind);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** `PORT` in a header stands for the port of the server. All of 127.0.0.0/8 is this machine, so 127.0.0.2 can stand for a pod's address. */
async function statusOf(
  port: number,
  { to = '127.0.0.2', host, headers = [] }: { to?: string; host: string; headers?: string[] },
): Promise<number> {
  const socket = connect(port, to);
  const lines = ['GET /health HTTP/1.1', `Host: ${host}`, ...headers, 'Connection: close', '', ''];
  socket.write(lines.join('\r\n').replaceAll('PORT', String(port)));
  return Number((await text(socket)).split(' ')[1]);
}

describe('on 0.0.0.0', () => {
  test('the address that the connection reached is an allowed host', async () => {
    const port = await listen('0.0.0.0');
    expect(await statusOf(port, { host: '127.0.0.2:PORT' })).toBe(200);
    expect(await statusOf(port, { host: 'localhost:PORT' })).toBe(200);
  });

  test.each([
    '127.0.0.3:PORT',
    '127.0.0.2',
    '127.0.0.2:1',
    '127.2:PORT',
    '127.0.0.02:PORT',
    '2130706434:PORT',
    '0.0.0.0:PORT',
    '[::ffff:127.0.0.2]:PORT',
    'evil@127.0.0.2:PORT',
    'rebound.example:PORT',
    '127.0.0.2.rebound.example:PORT',
  ])('%s is not', async (host) => {
    expect(await statusOf(await listen('0.0.0.0'), { host })).toBe(403);
  });

  test('another origin and forwarding headers are rejected under that host too', async () => {
    const port = await listen('0.0.0.0');
    const host = '127.0.0.2:PORT';
    expect(await statusOf(port, { host, headers: ['Origin: http://rebound.example:PORT'] })).toBe(403);
    expect(await statusOf(port, { host, headers: ['Sec-Fetch-Site: cross-site'] })).toBe(403);
    const forwarded = ['X-Forwarded-Host: 127.0.0.2:PORT', 'Forwarded: host="127.0.0.2:PORT"'];
    expect(await statusOf(port, { host: 'rebound.example:PORT', headers: forwarded })).toBe(403);
  });
});

describe('on ::', () => {
  // Not over a socket: a machine that tests need not have IPv6. `::ffff:` is how node shows IPv4 on such a listener.
  const policy = hostAndOriginLists({ host: '::', port: 8080 });
  const isAllowed = (host: string, localAddress: string): boolean =>
    guardRequest({ method: 'GET', url: '/health', rawHeaders: ['Host', host], socket: { localAddress } }, policy).ok;

  test('an IPv4 address is allowed in its own notation, not in that of IPv6', () => {
    expect(isAllowed('10.0.0.5:8080', '::ffff:10.0.0.5')).toBe(true);
    expect(isAllowed('[::ffff:10.0.0.5]:8080', '::ffff:10.0.0.5')).toBe(false);
  });

  test('an IPv6 address is allowed in brackets', () => {
    expect(isAllowed('[fd00::5]:8080', 'fd00::5')).toBe(true);
    expect(isAllowed('[FD00::5]:8080', 'fd00::5')).toBe(true);
    expect(isAllowed('fd00::5:8080', 'fd00::5')).toBe(false);
    expect(isAllowed('[fd00::6]:8080', 'fd00::5')).toBe(false);
  });

  test('a link-local address is allowed without its zone, which clients do not send', () => {
    expect(isAllowed('[fe80::5]:8080', 'fe80::5%eth0')).toBe(true);
    expect(isAllowed('[fe80::6]:8080', 'fe80::5%eth0')).toBe(false);
    for (const zone of ['%eth0', '%25eth0', '%eth1', '%']) {
      expect(isAllowed(`[fe80::5${zone}]:8080`, 'fe80::5%eth0')).toBe(false);
    }
  });
});

test.each(['127.0.0.1', 'localhost', '10.0.0.5', '0.0.0.0', '::', '::1', 'fd00::5'])(
  'on %s the URL that the server prints has an allowed host',
  (bind) => {
    const address = bind === 'localhost' ? '127.0.0.1' : bind;
    const { host } = new URL(clientUrl(address, 8080));
    const head = { method: 'GET', url: '/health', rawHeaders: ['Host', host] };
    expect(guardRequest(head, hostAndOriginLists({ host: bind, port: 8080 })).ok).toBe(true);
  },
);

test('bound to one address, only that address is an allowed host', async () => {
  const port = await listen('127.0.0.2');
  expect(await statusOf(port, { host: '127.0.0.2:PORT' })).toBe(200);
  expect(await statusOf(port, { host: '127.0.0.3:PORT' })).toBe(403);
  expect(await statusOf(port, { host: 'localhost:PORT' })).toBe(403);
  const policy = hostAndOriginLists({ host: '127.0.0.1', port: 8080 });
  const head = { method: 'GET', url: '/health', rawHeaders: ['Host', '10.0.0.5:8080'] };
  expect(guardRequest({ ...head, socket: { localAddress: '10.0.0.5' } }, policy)).toMatchObject({ status: 403 });
});

test('on port 80 the address is allowed without a port as well', () => {
  const policy = hostAndOriginLists({ host: '0.0.0.0', port: 80 });
  const head = { method: 'GET', url: '/health', socket: { localAddress: '10.0.0.5' } };
  expect(guardRequest({ ...head, rawHeaders: ['Host', '10.0.0.5'] }, policy).ok).toBe(true);
  expect(guardRequest({ ...head, rawHeaders: ['Host', '10.0.0.6'] }, policy).ok).toBe(false);
});
