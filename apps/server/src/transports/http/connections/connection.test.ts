import { expect, test } from 'vitest';

import { MAX_WAITING_REQUESTS, type Connection } from './connection.ts';
import { fakeConnection, FakeResponse, FakeSocket } from './test-support/fake-socket.ts';

function setup(): {
  connection: Connection;
  socket: FakeSocket;
  send: (name: string) => { accepted: boolean; response: FakeResponse };
  handled: string[];
} {
  const socket = new FakeSocket();
  const connection = fakeConnection(socket);
  const handled: string[] = [];
  const send = (name: string): { accepted: boolean; response: FakeResponse } => {
    const response = new FakeResponse();
    return { accepted: connection.handle(response.response, () => handled.push(name)), response };
  };
  return { connection, socket, send, handled };
}

test('pipelined requests are handled one after another, each after the response before it', () => {
  const { connection, send, handled } = setup();
  expect(connection.isIdle).toBe(true);
  const [first, second] = [send('first'), send('second'), send('third')];
  expect(handled).toEqual(['first']);
  first.response.close();
  expect(handled).toEqual(['first', 'second']);
  expect(connection.isIdle).toBe(false);
  second.response.close();
  expect(handled).toEqual(['first', 'second', 'third']);
});

test.each(['writableEnded', 'destroyed'] as const)('nothing is handled once the socket is %s', (state) => {
  const { connection, socket, send, handled } = setup();
  const { response } = send('rejected');
  send('behind it');
  socket[state] = true;
  response.close();
  send('later');
  expect(handled).toEqual(['rejected']);
  expect(connection.isIdle).toBe(true);
});

test('a connection with too many waiting requests is closed, and none of them is handled', () => {
  const { socket, send, handled } = setup();
  const { response } = send('first');
  for (let i = 0; i < MAX_WAITING_REQUESTS; i += 1) expect(send(`${i}`).accepted).toBe(true);
  expect(socket.destroyed).toBe(false);
  expect(send('one more').accepted).toBe(false);
  expect(socket.destroyed).toBe(true);
  response.close();
  expect(handled).toEqual(['first']);
});

test('the response in progress ends a connection that is released', () => {
  const { connection, send } = setup();
  const { response } = send('running');
  connection.release();
  expect(response.headers).toEqual({ connection: 'close' });
});

test('the next response ends a connection that is released while it is idle', () => {
  const { connection, socket, send } = setup();
  send('before').response.close();
  connection.release();
  expect(socket.destroyed).toBe(false);
  expect(send('next').response.headers).toEqual({ connection: 'close' });
});

test('a connection that is released in the middle of a response ends with the next one', () => {
  const { connection, socket, send } = setup();
  const { response } = send('streams');
  response.headersSent = true;
  connection.release();
  response.close();
  expect([socket.destroyed, response.headers]).toEqual([false, {}]);
  expect(send('next').response.headers).toEqual({ connection: 'close' });
});

test('a connection that closes when it is idle is closed at once, or after the responses to all that it has', () => {
  const idle = setup();
  idle.connection.closeWhenIdle();
  expect(idle.socket.destroyed).toBe(true);
  const { connection, socket, send } = setup();
  const [{ response }, behind] = [send('running'), send('behind it')];
  connection.closeWhenIdle();
  response.close();
  expect(socket.destroyed).toBe(false);
  behind.response.close();
  expect(socket.destroyed).toBe(true);
});
