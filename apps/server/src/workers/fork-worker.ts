import cluster, { type Worker } from 'node:cluster';
import type { EventEmitter } from 'node:events';

import { Channel } from '../worker-channel/channel.ts';
import type { WorkerProcess } from './supervisor.ts';

/** Starts this program again as a worker. Connections go to the workers in turn, one after the other. */
export function forkWorker(): WorkerProcess {
  cluster.schedulingPolicy = cluster.SCHED_RR;
  // Node's own JSON would escape every quote in the long texts that a channel sends.
  cluster.setupPrimary({ serialization: 'advanced' });
  const worker = cluster.fork();
  closeUntakenConnections(worker);
  const channel = new Channel({
    send: (message) => void worker.process.send?.(message as object, undefined, undefined, () => {}),
    onMessage: (listener) => void worker.on('message', listener),
  });
  return {
    pid: worker.process.pid,
    channel,
    kill: () => void worker.process.kill('SIGKILL'),
    onExit: (listener) => void worker.on('exit', listener),
  };
}

/** What node:cluster sends with a connection, and what the worker answers when it has taken it. */
interface ClusterMessage {
  readonly act?: unknown;
  readonly seq?: unknown;
  readonly ack?: unknown;
}

interface Connection {
  close(): void;
}

/**
 * A connection that was on its way to a worker when this was killed stays open in the primary: node:cluster waits for an answer that
 * does not come, and so would its client.
 */
function closeUntakenConnections(worker: Worker): void {
  const { process: child } = worker;
  const underWay = new Map<unknown, Connection>();
  const send = child.send.bind(child) as (...args: unknown[]) => boolean;
  const sendNoted = (message: ClusterMessage, connection?: Connection, ...more: unknown[]): boolean => {
    if (message.act === 'newconn' && connection) underWay.set(message.seq, connection);
    return send(message, connection, ...more);
  };
  child.send = sendNoted as typeof child.send;
  (child as EventEmitter).on('internalMessage', ({ ack }: ClusterMessage) => void underWay.delete(ack));
  worker.on('exit', () => {
    for (const connection of underWay.values()) connection.close();
    underWay.clear();
  });
}
