import type { Writable } from 'node:stream';

import type { Clock } from './clock.ts';

/** What is written to one client. */
export interface UnreadOutput {
  readonly socket: Pick<Writable, 'writableLength' | 'destroy'> & { readonly bytesWritten?: number };
  /** The client has not read everything that was sent to it. */
  readonly hasUnreadOutput: boolean;
}

export interface WriteDeadlineOptions {
  readonly connections: Iterable<UnreadOutput>;
  readonly clock: Clock;
  /** A connection whose client reads nothing for so long is closed. @default 30000 */
  readonly timeoutMs?: number;
  /** Time between two checks. @default 5000 */
  readonly checkIntervalMs?: number;
  /** @default destroys it */
  readonly close?: (connection: UnreadOutput) => void;
}

interface Progress {
  readonly position: number;
  readonly sinceMs: number;
}

/**
 * Closes connections whose client does not read what was sent to it. Node's own timeouts end with the request, so without
 * this a client could hold a connection and its buffered response for ever, without a credential.
 */
export class WriteDeadline implements Disposable {
  readonly #options: Required<WriteDeadlineOptions>;
  #progress = new WeakMap<UnreadOutput, Progress>();
  #timer: Disposable;

  constructor({
    connections,
    clock,
    timeoutMs = 30_000,
    checkIntervalMs = 5_000,
    close = destroy,
  }: WriteDeadlineOptions) {
    this.#options = { connections, clock, timeoutMs, checkIntervalMs, close };
    this.#timer = this.#schedule();
  }

  [Symbol.dispose](): void {
    this.#timer[Symbol.dispose]();
  }

  #schedule(): Disposable {
    return this.#options.clock.setTimer(this.#options.checkIntervalMs, () => {
      this.#timer = this.#schedule();
      this.#check();
    });
  }

  #check(): void {
    const { connections, clock, timeoutMs, close } = this.#options;
    const nowMs = clock.monotonicMs();
    for (const connection of connections) {
      if (!connection.hasUnreadOutput) {
        this.#progress.delete(connection);
        continue;
      }
      const position = positionOf(connection);
      const before = this.#progress.get(connection);
      if (before?.position !== position) this.#progress.set(connection, { position, sinceMs: nowMs });
      else if (nowMs - before.sinceMs >= timeoutMs) close(connection);
    }
  }
}

function destroy({ socket }: UnreadOutput): void {
  socket.destroy();
}

/**
 * A number that changes when the client reads, and stays when the server only writes more: `bytesWritten` counts what is
 * still in the buffer too. Of one large write, libuv knows how much is left, and Node does not document where it says so.
 */
function positionOf({ socket }: UnreadOutput): number {
  const { writeQueueSize = 0 } = (socket as { _handle?: { writeQueueSize?: number } })._handle ?? {};
  return (socket.bytesWritten ?? 0) - socket.writableLength - writeQueueSize;
}
