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
