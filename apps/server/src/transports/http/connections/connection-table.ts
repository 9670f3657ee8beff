/**
 * The open connections of a listener, at most `server.maxConnections`. When the table is full, a new connection takes the
 * place of one that can be given up: of the clients with the most connections, counted by address or /64 network, the
 * one that has been idle or has not read its response for longest. So no address can keep others out by opening
 * connections. A few more places are kept for health checks of the machine itself.
 */
import type { Socket } from 'node:net';

import { isLoopbackAddress } from '@mcp/tool-base';

import { networkOf } from '../../../access/client-network.ts';
import { Connection } from './connection.ts';

/** Places above the maximum for connections from loopback, on which only health checks are answered. */
const HEALTH_PLACES = 8;

export class ConnectionTable {
  /** `server.maxConnections`. */
  maxConnections: number;
  readonly #connections = new Map<Socket, Connection>();
  readonly #sizes = new Map<string, number>();
  #rejected = 0;

  constructor(maxConnections: number) {
    this.maxConnections = maxConnections;
  }

  get size(): number {
    return this.#connections.size;
  }

  /** Connections since the start that were closed at once because the table was full. */
  get rejected(): number {
    return this.#rejected;
  }

  get(socket: Socket): Connection | undefined {
    return this.#connections.get(socket);
  }

  [Symbol.iterator](): Iterator<Connection> {
    return this.#connections.values();
  }

  /**
   * Adds a new connection until it closes.
   *
   * @returns undefined when there is no place; the socket is then destroyed
   */
  add(socket: Socket): Connection | undefined {
    const network = networkOf(socket.remoteAddress);
    const isFull = this.size >= this.maxConnections && !this.#makePlace(network);
    if (isFull && !this.#hasHealthPlace(network)) {
      this.#rejected += 1;
      socket.destroy();
      return undefined;
    }
    const connection = new Connection({ socket, network, healthOnly: isFull });
    this.#connections.set(socket, connection);
    this.#sizes.set(network, this.#sizeOf(network) + 1);
    socket.once('close', () => this.#remove(connection));
    return connection;
  }

  #sizeOf(network: string): number {
    return this.#sizes.get(network) ?? 0;
  }

  #remove(connection: Connection): void {
    if (!this.#connections.delete(connection.socket)) return;
    const size = this.#sizeOf(connection.network) - 1;
    if (size === 0) this.#sizes.delete(connection.network);
    else this.#sizes.set(connection.network, size);
  }

  #hasHealthPlace(network: string): boolean {
    return isLoopbackAddress(network) && this.size < this.maxConnections + HEALTH_PLACES;
  }

  /** Closes a connection in favour of a new one of `network`, if there is one to give up. */
  #makePlace(network: string): boolean {
    const newSize = this.#sizeOf(network);
    let best: Connection | undefined;
    for (const connection of this.#connections.values()) {
      if (!connection.isIdle && !connection.hasUnreadOutput) continue;
      // An equal share is taken only from the same network: otherwise the last client to connect would have the place.
      if (connection.network !== network && this.#sizeOf(connection.network) <= newSize) continue;
      if (best === undefined || this.#isBetter(connection, best)) best = connection;
    }
    if (best === undefined) return false;
    this.#remove(best);
    best.socket.destroy();
    return true;
  }

  /** Whether it is fairer to close `one`: of the network with more connections, idle, and unused for longer. */
  #isBetter(one: Connection, other: Connection): boolean {
    const difference = this.#sizeOf(one.network) - this.#sizeOf(other.network);
    if (difference !== 0) return difference > 0;
    if (one.isIdle !== other.isIdle) return one.isIdle;
    return one.lastUse < other.lastUse;
  }
}
