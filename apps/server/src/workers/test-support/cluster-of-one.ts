/**
 * A program: the primary of one worker that is stopped (SIGSTOP) while three clients connect, then sends it what waits. Its argument
 * says what happens to the worker after that. Prints as JSON what each of the three clients got, then a fourth one.
 */
import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { WorkerConnections } from '../worker-connections.ts';

async function lead(end: 'SIGCONT' | 'SIGKILL'): Promise<void> {
  cluster.schedulingPolicy = cluster.SCHED_RR;
  cluster.setupPrimary({ serialization: 'advanced' });
  const worker = cluster.fork();
  const sendWaiting = new WorkerConnections().follow(worker);
  const port = await portOf(worker);
  worker.process.kill('SIGSTOP');
  const clients = [];
  for (let client = 0; client < 3; client += 1) clients.push(await connected(port));
  await sendWaiting();
  worker.process.kill(end);
  const results = await Promise.all(clients.map(({ result }) => result));
  const late = await connected(port).then(({ result }) => result, codeOf);
  process.stdout.write(JSON.stringify([...results, late]));
  worker.process.kill('SIGKILL');
}

async function portOf(worker: Worker): Promise<number> {
  const [{ port }] = (await once(worker, 'listening')) as [AddressInfo];
  return port;
}

/** A client whose connection the system has taken; its result is what it reads, or the code of what ended it. */
async function connected(port: number): Promise<{ readonly result: Promise<string> }> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return { result: text(socket).catch(codeOf) };
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code);
}

if (cluster.isPrimary) {
  await lead(process.argv[2] === 'SIGKILL' ? 'SIGKILL' : 'SIGCONT');
} else {
  createServer((socket) => socket.end('taken')).listen(0, '127.0.0.1');
}
