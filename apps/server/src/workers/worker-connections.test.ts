import type { Worker } from 'node:cluster';
import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';

import { WorkerConnections } from './worker-connections.ts';

/** The primary of node:cluster with one listener: a queue of connections, and workers that take one after the other. */
class SimulatedPrimary {
  /** Connections that the system has, one of which is accepted in each turn. */
  backlog: number[] = [];
  /** Closed in this process. */
  readonly closed: number[] = [];
  /** Those that waited when the last worker stopped listening. */
  readonly forgotten: number[] = [];
  readonly #connections: WorkerConnections;
  readonly #free: SimulatedWorker[] = [];
  readonly #queue: number[] = [];
  readonly #listening = new Set<SimulatedWorker>();
  readonly #underWay = new Map<number, { worker: SimulatedWorker; handle: { close(): void } }>();
  #seq = 0;

  constructor() {
    this.#connections = new WorkerConnections(async () => {
      while (this.backlog.length > 0) await this.turn();
    });
  }

  get isListening(): boolean {
    return this.#listening.size > 0;
  }

  fork(): SimulatedWorker {
    const send: (...sent: unknown[]) => boolean = () => true;
    const process = Object.assign(new EventEmitter(), { send });
    const node = Object.assign(new EventEmitter(), { process });
    const worker: SimulatedWorker = {
      node,
      sent: [],
      sendWaiting: () => Promise.resolve(),
      take: () => {
        for (const { seq } of worker.sent.splice(0)) process.emit('internalMessage', { ack: seq, accepted: true });
      },
    };
    process.on('internalMessage', ({ ack, act }: { ack?: number; act?: string }) => {
      if (act === 'close') this.#remove(worker);
      const answered = this.#underWay.get(ack ?? 0);
      if (!answered) return;
      this.#underWay.delete(ack ?? 0);
      answered.handle.close();
      this.#hand(worker);
    });
    worker.sendWaiting = this.#connections.follow(node as unknown as Worker);
    this.#listening.add(worker);
    process.send({ ack: 1, key: 'listener' });
    this.#hand(worker);
    return worker;
  }

  async turn(): Promise<void> {
    await Promise.resolve();
    const connection = this.backlog.shift();
    if (connection === undefined) return;
    this.#queue.push(connection);
    const worker = this.#free.shift();
    if (worker) this.#hand(worker);
  }

  #hand(worker: SimulatedWorker): void {
    if (!this.#listening.has(worker)) return;
    const connection = this.#queue.shift();
    if (connection === undefined) return void this.#free.push(worker);
    const seq = ++this.#seq;
    const handle = { close: () => void this.closed.push(connection) };
    this.#underWay.set(seq, { worker, handle });
    worker.sent.push({ seq, connection });
    const { process } = worker.node;
    process.send({ act: 'newconn', seq }, handle);
  }

  #remove(worker: SimulatedWorker): void {
    this.#listening.delete(worker);
    if (this.isListening) return;
    this.forgotten.push(...this.#queue.splice(0), ...this.backlog.splice(0));
  }
}

interface SimulatedWorker {
  readonly node: EventEmitter & { readonly process: EventEmitter & { send(...sent: unknown[]): boolean } };
  /** What it has not answered yet. */
  readonly sent: { seq: number; connection: number }[];
  sendWaiting: () => Promise<void>;
  take(): void;
}

const numbers = ({ sent }: SimulatedWorker): number[] => sent.map(({ connection }) => connection);

test('a worker has every connection that waits before it stops listening, also while it takes none', async () => {
  const primary = new SimulatedPrimary();
  const worker = primary.fork();
  primary.backlog = [1, 2, 3, 4, 5];
  await worker.sendWaiting();
  expect(primary.isListening).toBe(false);
  expect(primary.forgotten).toEqual([]);
  expect(numbers(worker)).toEqual([1, 2, 3, 4, 5]);
  // They are still to be sent.
  expect(primary.closed).toEqual([]);
  worker.take();
  expect(primary.closed).toEqual([1, 2, 3, 4, 5]);
});

test('what waits for workers goes to the one that stops, and to a worker that hangs nothing more than it has', async () => {
  const primary = new SimulatedPrimary();
  const hanging = primary.fork();
  const worker = primary.fork();
  primary.backlog = [1, 2, 3, 4];
  for (const _ of [1, 2, 3, 4]) await primary.turn();
  await worker.sendWaiting();
  expect(primary.isListening).toBe(true);
  expect(numbers(hanging)).toEqual([1]);
  expect(numbers(worker)).toEqual([2, 3, 4]);
  await hanging.sendWaiting();
  expect(primary.isListening).toBe(false);
  expect(primary.closed).toEqual([]);
});

test('connections that a worker has not taken when it is killed are closed', async () => {
  const primary = new SimulatedPrimary();
  const worker = primary.fork();
  primary.backlog = [1, 2, 3];
  await primary.turn();
  worker.node.emit('exit');
  expect(primary.closed).toEqual([1]);
  const other = primary.fork();
  await other.sendWaiting();
  other.node.emit('exit');
  expect(primary.closed).toEqual([1, 2, 3]);
});

test('only the last worker waits until closing the listener resets no connection: the others take what comes', async () => {
  const primary = new SimulatedPrimary();
  const [first, killed, last] = [primary.fork(), primary.fork(), primary.fork()];
  primary.backlog = [1, 2, 3];
  await first.sendWaiting();
  killed.node.emit('exit');
  expect(primary.backlog).toEqual([1, 2, 3]);
  await last.sendWaiting();
  expect(primary.backlog).toEqual([]);
});
