/**
 * Closing a listener resets the connections that the system holds for it: those that wait to be accepted, and those whose client has
 * its half of the handshake. A proxy does not repeat a call that it has sent on one. Closed without a reset, in one turn of the event loop:
 *
 *   shorten the queue -> fill it with connections of this process -> nothing else is in it, and nothing half open -> close
 *
 * A full queue lets nobody in: Linux drops what would open a connection, and whoever sent it tries again, and is refused then.
 */
import { connect, type Socket } from 'node:net';
import { setImmediate, setTimeout } from 'node:timers/promises';

import type { Clock } from './clock.ts';
import {
  queuedConnections,
  unacceptedConnections,
  type ListeningPlace,
  type ReadTable,
} from './unaccepted-connections.ts';

interface Place {
  address?: string;
  port?: number;
}

/** What Node has of a connection that it has accepted. */
export interface AcceptedHandle {
  getpeername(place: Place): number;
  getsockname(place: Place): number;
  close(): void;
}

/** What Node has of a listener. */
export interface ListeningHandle {
  /** Negative once it is closed. */
  readonly fd: number;
  onconnection: (status: number, connection?: AcceptedHandle) => void;
  /** Again, for another length of the queue. */
  listen(backlog: number): number;
  getsockname(place: Place): number;
}

/** Linux queues one more. With as many half open it answers with cookies, and resets some that come back when the queue is full. */
const SHORT_QUEUE = 16;
/** Where a client never completes its handshake, or connections never cease to come. */
const LONGEST_WAIT_MS = 5000;
/** For the other half of a handshake. */
const PAUSE_MS = 20;

/** Resolves when closing the listeners resets no connection: close them then, before anything else. */
export async function acceptWaiting(
  handles: readonly ListeningHandle[],
  clock: Pick<Clock, 'monotonicMs'>,
  read?: ReadTable,
): Promise<void> {
  const queues = handles.map((handle) => new Queue(handle, read));
  const endMs = clock.monotonicMs() + LONGEST_WAIT_MS;
  for (;;) {
    for (const queue of queues) queue.fill();
    // Node connects in the next tick, and accepts nothing before the next turn.
    await new Promise<void>((resolve) => process.nextTick(resolve));
    const states = queues.map((queue) => queue.look());
    if (states.every((state) => state === 'own') || clock.monotonicMs() > endMs) return;
    await (states.includes('others') ? setImmediate() : setTimeout(PAUSE_MS));
  }
}

/** What waits to be accepted by one listener. */
class Queue {
  readonly #read: ReadTable | undefined;
  readonly #place: ListeningPlace;
  /** Connections of this process to its listener. */
  readonly #own = new Set<Socket>();
  /** Its queue has no more places than there are, and connections of others in them. */
  #refills = false;
  #hasHandshakes = false;
  /** Connections accepted. */
  #accepted = 0;
  #acceptedBefore = -1;

  constructor(handle: ListeningHandle, read: ReadTable | undefined) {
    this.#read = read;
    this.#place = placeOf(handle);
    const accept = handle.onconnection;
    handle.onconnection = (status, connection): void => {
      const own = connection && this.#ownOf(connection);
      if (own) this.#own.delete(own.destroy());
      if (own) connection.close();
      else accept.call(handle, status, connection);
      this.#accepted += 1;
      // Before another takes the place that has become free.
      if (this.#refills) this.#connect(1);
    };
    handle.listen(SHORT_QUEUE);
  }

  fill(): void {
    const queued = this.#hasHandshakes ? undefined : queuedConnections(this.#place, this.#read);
    if (queued !== undefined) this.#connect(SHORT_QUEUE + 1 - queued);
  }

  /** @returns what waits: only connections of this process and as many as there is place for, connections of others, or their handshakes */
  look(): 'own' | 'others' | 'handshakes' {
    const queued = queuedConnections(this.#place, this.#read);
    if (queued === undefined) return this.#lookWithoutSystem();
    const hasOthers = queued > this.#own.size;
    this.#refills = hasOthers && !this.#hasHandshakes && queued <= SHORT_QUEUE + 1;
    // The rest takes longer to read.
    if (hasOthers && !this.#hasHandshakes) return 'others';
    const { halfOpen, fromSameAddress } = unacceptedConnections(this.#place, this.#read);
    this.#hasHandshakes = halfOpen > 0;
    for (const socket of this.#own) {
      // It came too late.
      if (!fromSameAddress.has(socket.localPort ?? 0)) this.#own.delete(socket.destroy());
    }
    if (this.#hasHandshakes) return hasOthers ? 'others' : 'handshakes';
    return this.#own.size > SHORT_QUEUE ? 'own' : 'others';
  }

  /** The best there is: a turn that has accepted nothing. */
  #lookWithoutSystem(): 'own' | 'others' {
    const isSame = this.#accepted === this.#acceptedBefore;
    this.#acceptedBefore = this.#accepted;
    return isSame ? 'own' : 'others';
  }

  #connect(count: number): void {
    const { address, port } = this.#place;
    const host = { '0.0.0.0': '127.0.0.1', '::': '::1' }[address] ?? address;
    for (let index = 0; index < count; index++) {
      const socket = connect(port, host);
      this.#own.add(socket);
      socket.unref();
      // It is reset when the listener closes.
      socket.on('error', () => {}).once('close', () => this.#own.delete(socket));
    }
  }

  #ownOf(connection: AcceptedHandle): Socket | undefined {
    const [peer, local]: [Place, Place] = [{}, {}];
    if (connection.getpeername(peer) !== 0 || connection.getsockname(local) !== 0) return undefined;
    if (peer.address !== local.address) return undefined;
    return [...this.#own].find(({ localPort }) => localPort === peer.port);
  }
}

function placeOf(handle: ListeningHandle): ListeningPlace {
  const place: Place = {};
  handle.getsockname(place);
  const { address = '', port = 0 } = place;
  return { address, port };
}
