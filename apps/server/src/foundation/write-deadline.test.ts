import { expect, test } from 'vitest';

import { ManualClock } from './test-support/manual-clock.ts';
import { fakeConnection, FakeSocket } from '../transports/http/connections/test-support/fake-socket.ts';
import { WriteDeadline } from './write-deadline.ts';

function setup(): { socket: FakeSocket; clock: ManualClock; deadline: WriteDeadline } {
  const socket = new FakeSocket();
  const clock = new ManualClock();
  return { socket, clock, deadline: new WriteDeadline({ connections: [fakeConnection(socket)], clock }) };
}

test('a connection whose client reads nothing for 30 seconds is closed', () => {
  const { socket, clock } = setup();
  socket.send(100_000, 60_000);
  clock.advance(30_000);
  expect(socket.destroyed).toBe(false);
  clock.advance(5_000);
  expect(socket.destroyed).toBe(true);
});

test('writing more does not extend the time', () => {
  const { socket, clock } = setup();
  socket.send(100_000, 60_000);
  for (let i = 0; i < 7; i += 1) {
    clock.advance(5_000);
    socket.send(200, 200);
  }
  expect(socket.destroyed).toBe(true);
});

test('a slow client that reads stays connected', () => {
  const { socket, clock } = setup();
  socket.send(1_000_000, 1_000_000);
  for (let i = 0; i < 40; i += 1) {
    clock.advance(25_000);
    socket.writableLength -= 1_000;
  }
  expect(socket.destroyed).toBe(false);
});

test('progress within one large write counts', () => {
  const { socket, clock } = setup();
  socket.send(1_000_000, 1_000_000);
  const handle = { writeQueueSize: 1_000_000 };
  Object.assign(socket, { _handle: handle });
  for (let i = 0; i < 40; i += 1) {
    clock.advance(25_000);
    handle.writeQueueSize -= 1_000;
  }
  expect(socket.destroyed).toBe(false);
  clock.advance(35_000);
  expect(socket.destroyed).toBe(true);
});

test('a connection that waits for the server, or for its next request, stays connected', () => {
  const { socket, clock } = setup();
  socket.send(1_000, 0);
  clock.advance(3_600_000);
  expect(socket.destroyed).toBe(false);
});

test('the time begins anew with every unread response', () => {
  const { socket, clock } = setup();
  socket.send(1_000, 1_000);
  clock.advance(29_000);
  socket.writableLength = 0;
  clock.advance(5_000);
  socket.send(1_000, 1_000);
  clock.advance(29_000);
  expect(socket.destroyed).toBe(false);
});

test('disposing leaves no timer', () => {
  const { clock, deadline } = setup();
  deadline[Symbol.dispose]();
  expect(clock.pendingTimers).toBe(0);
});
