import cluster from 'node:cluster';

import { Channel } from './channel/channel.ts';
import type { WorkerProcess } from './supervisor.ts';

/** Starts this program again as a worker. Connections go to the workers in turn, one after the other. */
export function forkWorker(): WorkerProcess {
  cluster.schedulingPolicy = cluster.SCHED_RR;
  const worker = cluster.fork();
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
