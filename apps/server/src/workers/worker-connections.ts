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
import { subscribe } from 'node:diagnostics_channel';
import type { EventEmitter } from 'node:events';
import { setImmediate } from 'node:timers/promises';

import { acceptWaiting, type ListeningHandle } from '../foundation/accept-waiting.ts';
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
  readonly #acceptWaiting: () => Promise<void>;
  /** Workers that have not left. */
  #staying = 0;

  /** @param accept resolves when closing the listeners resets no connection */
  constructor(accept?: () => Promise<void>) {
    this.#acceptWaiting = accept ?? followListeners();
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
    let leaving: Promise<void> | undefined;
    this.#staying += 1;
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
        underWay.set(seq, connection);
        if (leaving) queueMicrotask(() => sendNext(seq));
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
      if (!leaving) this.#staying -= 1;
      for (const connection of underWay.values()) connection.close();
      for (const close of sentAhead.values()) close();
      underWay.clear();
      sentAhead.clear();
    });
    const leave = async (): Promise<void> => {
      // The others accept what comes.
      await (--this.#staying === 0 ? this.#acceptWaiting() : setImmediate());
      // In this turn: the same message of the worker would come after the next connection.
      for (const key of listeners) tellCluster({ act: 'close', key });
    };
    return () => {
      leaving ??= leave();
      for (const seq of underWay.keys()) sendNext(seq);
      return leaving;
    };
  }
}

/** @returns accepts what waits for the listeners of node:cluster, which keeps them for itself: this channel shows them when they begin */
function followListeners(): () => Promise<void> {
  const handles = new Set<ListeningHandle>();
  subscribe('tracing:net.server.listen:asyncEnd', (message) => {
    const { _handle: handle } = (message as { server: { _handle: ListeningHandle } }).server;
    handles.add(handle);
  });
  return () =>
    acceptWaiting(
      [...handles].filter(({ fd }) => fd >= 0),
      systemClock,
    );
}
