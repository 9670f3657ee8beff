/**
 * The connections that node:cluster accepts in the primary and sends to the workers: one at a time to each, the next when the worker has
 * answered that it took the one before. Until then they wait in the primary, and node:cluster forgets them
 *
 * - when the last worker stops listening: nobody answers on those that wait, and those that come at this moment are reset;
 * - when a worker is killed: the one that it did not take stays open, since the answer does not come.
 *
 * Node has no interface for this, so the messages between node:cluster and its workers are read and sent here. They are not
 * documented: read in `lib/internal/cluster` of Node 22.18, 24.21 and 26.10, where they are the same. `node-cluster.test.ts` fails in
 * a version that changes one of them.
 */
import type { Worker } from 'node:cluster';
import type { EventEmitter } from 'node:events';

import { acceptWaiting } from '../foundation/accept-waiting.ts';
import { systemClock } from '../foundation/clock.ts';

/** What node:cluster sends to a worker with a connection or as an answer, and what the worker sends. */
interface ClusterMessage {
  readonly act?: unknown;
  readonly seq?: unknown;
  readonly ack?: unknown;
  readonly accepted?: boolean;
  /** Of a listener. */
  readonly key?: unknown;
}

interface Connection {
  close(): void;
}

export class WorkerConnections {
  readonly #turn: (() => PromiseLike<unknown>) | undefined;
  #accepted = 0;

  /** @param turn one of the event loop */
  constructor(turn?: () => PromiseLike<unknown>) {
    this.#turn = turn;
  }

  /**
   * Follows the connections of a worker that has just been forked.
   *
   * @returns sends the worker every connection that waits, then no further one; later messages arrive after them
   */
  follow(worker: Worker): () => Promise<void> {
    const { process: child } = worker;
    const events = child as EventEmitter;
    const listeners = new Set<unknown>();
    const underWay = new Map<unknown, Connection>();
    /** For node:cluster the worker has taken these; closes what this process holds of the connection. */
    const sentAhead = new Map<unknown, () => void>();
    let isLeaving = false;
    const tellCluster = (message: ClusterMessage): void =>
      void events.emit('internalMessage', { cmd: 'NODE_CLUSTER', ...message });
    const sendNext = (seq: unknown): void => {
      const connection = underWay.get(seq);
      if (!connection) return;
      underWay.delete(seq);
      const close = connection.close.bind(connection);
      // node:cluster calls it at this answer, and the connection may still wait to be sent.
      connection.close = () => {};
      tellCluster({ ack: seq, accepted: true });
      sentAhead.set(seq, close);
    };
    const send = child.send.bind(child) as (...args: unknown[]) => boolean;
    const sendNoted = (message: ClusterMessage, connection?: Connection, ...more: unknown[]): boolean => {
      const { act, seq, ack, key } = message;
      if (act === 'newconn' && connection) {
        this.#accepted += 1;
        underWay.set(seq, connection);
        if (isLeaving) queueMicrotask(() => sendNext(seq));
      } else if (ack !== undefined && key !== undefined) listeners.add(key);
      return send(message, connection, ...more);
    };
    child.send = sendNoted as typeof child.send;
    events.on('internalMessage', ({ ack }: ClusterMessage) => {
      underWay.delete(ack);
      sentAhead.get(ack)?.();
      sentAhead.delete(ack);
    });
    worker.on('exit', () => {
      for (const connection of underWay.values()) connection.close();
      for (const close of sentAhead.values()) close();
      underWay.clear();
      sentAhead.clear();
    });
    return async () => {
      isLeaving = true;
      for (const seq of underWay.keys()) sendNext(seq);
      await acceptWaiting({
        accepted: () => this.#accepted,
        monotonicMs: () => systemClock.monotonicMs(),
        ...(this.#turn && { turn: this.#turn }),
      });
      // In this turn: the same message of the worker would come after the next connection.
      for (const key of listeners) tellCluster({ act: 'close', key });
    };
  }
}
