import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import { Connection } from '../connection.ts';

/** What the connections of this folder use of a socket. */
export class FakeSocket extends EventEmitter {
  readonly remoteAddress: string;
  bytesWritten = 0;
  writableLength = 0;
  writableEnded = false;
  destroyed = false;

  constructor(remoteAddress = '192.0.2.1') {
    super();
    this.remoteAddress = remoteAddress;
  }

  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.emit('close');
  }

  destroySoon(): void {
    this.destroy();
  }

  /** What the server sends, and how much of it the client does not read. */
  send(bytes: number, unread: number): void {
    this.bytesWritten += bytes;
    this.writableLength += unread;
  }

  /** As a Node socket, for the code under test. */
  get socket(): Socket {
    return this as unknown as Socket;
  }
}

export function fakeConnection(socket = new FakeSocket()): Connection {
  return new Connection({ socket: socket.socket, network: socket.remoteAddress, healthOnly: false });
}

export class FakeResponse extends EventEmitter {
  readonly headers: Record<string, string> = {};
  headersSent = false;

  setHeader(name: string, value: string): void {
    this.headers[name] = value;
  }

  get response(): ServerResponse {
    return this as unknown as ServerResponse;
  }

  close(): void {
    this.emit('close');
  }
}
