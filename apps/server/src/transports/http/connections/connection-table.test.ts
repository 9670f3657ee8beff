import { expect, test } from 'vitest';

import type { Connection } from './connection.ts';
import { ConnectionTable } from './connection-table.ts';
import { FakeResponse, FakeSocket } from './test-support/fake-socket.ts';

function setup(max: number): {
  table: ConnectionTable;
  open: (address: string) => { socket: FakeSocket; connection: Connection | undefined };
  openBusy: (address: string) => FakeSocket;
} {
  const table = new ConnectionTable(max);
  const open = (address: string): { socket: FakeSocket; connection: Connection | undefined } => {
    const socket = new FakeSocket(address);
    return { socket, connection: table.add(socket.socket) };
  };
  const openBusy = (address: string): FakeSocket => {
    const { socket, connection } = open(address);
    connection?.handle(new FakeResponse().response, () => {});
    return socket;
  };
  return { table, open, openBusy };
}

test('a closed connection gives its place back', () => {
  const { table, open, openBusy } = setup(1);
  const socket = openBusy('192.0.2.1');
  expect(open('192.0.2.2').connection).toBeUndefined();
  socket.destroy();
  expect(table.size).toBe(0);
  expect(open('192.0.2.2').connection).toBeDefined();
});

test('an address that opens idle connections keeps nobody else out', () => {
  const { table, open } = setup(10);
  const own = open('192.0.2.9');
  const flood = Array.from({ length: 100 }, () => open('192.0.2.1').socket);
  expect(own.socket.destroyed).toBe(false);
  expect(table.size).toBe(10);
  for (const address of ['192.0.2.2', '192.0.2.3', '192.0.2.9']) expect(open(address).connection).toBeDefined();
  expect(flood.filter(({ destroyed }) => !destroyed)).toHaveLength(6);
});

test('the connections of one /64 network count together', () => {
  const { open } = setup(4);
  const small = open('192.0.2.1');
  const large = ['2001:db8::1', '2001:db8::2', '2001:db8::3'].map((address) => open(address).socket);
  expect(open('192.0.2.2').connection).toBeDefined();
  expect(small.socket.destroyed).toBe(false);
  expect(large.map(({ destroyed }) => destroyed)).toEqual([true, false, false]);
});

test('the least recently used idle connection of the largest client is closed', () => {
  const { open } = setup(3);
  const [first, second] = [open('192.0.2.1'), open('192.0.2.1'), open('192.0.2.1')];
  const response = new FakeResponse();
  first.connection?.handle(response.response, () => {});
  response.close();
  open('192.0.2.2');
  expect([first.socket.destroyed, second.socket.destroyed]).toEqual([false, true]);
});

test('an idle connection is closed rather than one with an unread response, and that rather than none', () => {
  const { open, openBusy } = setup(3);
  const running = openBusy('192.0.2.1');
  const unread = openBusy('192.0.2.1');
  unread.send(1000, 1000);
  const idle = open('192.0.2.1').socket;
  expect(open('192.0.2.2').connection).toBeDefined();
  expect([running, unread, idle].map(({ destroyed }) => destroyed)).toEqual([false, false, true]);
  expect(open('192.0.2.3').connection).toBeDefined();
  expect([running, unread].map(({ destroyed }) => destroyed)).toEqual([false, true]);
});

test('no request in progress is ended, and no smaller client is closed for a larger one', () => {
  const { table, open, openBusy } = setup(3);
  openBusy('192.0.2.1');
  openBusy('192.0.2.1');
  const small = open('192.0.2.2').socket;
  expect(open('192.0.2.1').connection).toBeUndefined();
  expect(small.destroyed).toBe(false);
  expect(table.rejected).toBe(1);
});

test('a full table has eight places for health checks from loopback', () => {
  const { open, openBusy } = setup(2);
  openBusy('192.0.2.1');
  openBusy('192.0.2.1');
  expect(open('192.0.2.2').connection).toBeUndefined();
  const checks = Array.from({ length: 9 }, () => openBusy('127.0.0.1'));
  expect(checks.filter(({ destroyed }) => !destroyed)).toHaveLength(8);
  expect(open('::ffff:127.0.0.1').connection).toBeUndefined();
});

test('a connection in a place for health checks is marked, others are not', () => {
  const { open, openBusy } = setup(1);
  const normal = open('127.0.0.1');
  expect(normal.connection?.healthOnly).toBe(false);
  normal.socket.destroy();
  openBusy('192.0.2.1');
  expect(open('127.0.0.1').connection?.healthOnly).toBe(true);
});
