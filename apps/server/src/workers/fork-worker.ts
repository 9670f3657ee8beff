import cluster from 'node:cluster';

import { Channel } from '../worker-channel/channel.ts';
import type { WorkerProcess } from './supervisor.ts';
import { WorkerConnections } from './worker-connections.ts';

const connections = new WorkerConnections();

/** Starts this program again as a worker. Connections go to the workers in turn, one after the other. */
export function forkWorker(): WorkerProcess {
  cluster.schedulingPolicy = cluster.SCHED_RR;
  // Node's own JSON would escape every quote in the long texts that a channel sends.
  cluster.setupPrimary({ serialization: 'advanced' });
  const worker = cluster.fork();
  const sendWaiting = connections.follow(worker);
  const channel = new Channel({
    send: (message) => void worker.process.send?.(message as object, undefined, undefined, () => {}),
    onMessage: (listener) => void worker.on('message', listener),
  });
  return {
    pid: worker.process.pid,
    channel,
    sendWaiting,
    kill: () => void worker.process.kill('SIGKILL'),
    onExit: (listener) => void worker.on('exit', listener),
  };
}
