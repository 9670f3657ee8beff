import { expect, test } from 'vitest';

import { ManualClock } from '../foundation/test-support/manual-clock.ts';
import { Supervisor, WorkerStartError, type WorkerProcess } from './supervisor.ts';
import { channelPair } from './test-support/channel-pair.ts';

class Machine {
  readonly clock = new ManualClock();
  readonly forked: number[] = [];
  readonly ended: number[] = [];
  readonly supervisor: Supervisor;
  /** Workers that are forked start when {@link release} is called. */
  isHeld = false;
  release: () => void = () => {};
  #exits: ((code: number | null) => void)[] = [];

  /** @param startsWell whether a worker serves, or ends with exit code 1 */
  constructor(count: number, startsWell: (number: number) => boolean = () => true) {
    this.supervisor = new Supervisor({
      count,
      clock: this.clock,
      fork: (number) => this.#fork(number, startsWell(number)),
      serve: (_worker, number) => ({ [Symbol.dispose]: () => void this.ended.push(number) }),
      onDied: () => {},
    });
  }

  /** Ends the worker that was started as the `index`th. */
  end(index: number, code: number | null): void {
    this.#exits[index]?.(code);
  }

  #fork(number: number, startsWell: boolean): WorkerProcess {
    const index = this.forked.push(number) - 1;
    const { primary, worker } = channelPair(this.clock);
    const listen = (): void => {
      worker.on('stop', () => this.end(index, 0));
      worker.tell('started', { number });
    };
    if (this.isHeld) {
      // As a process that does not listen yet.
      worker.on('stop', () => {});
      this.release = listen;
    } else if (startsWell) listen();
    else setImmediate(() => this.end(index, 1));
    return {
      pid: index,
      channel: primary,
      sendWaiting: () => Promise.resolve(),
      kill: () => this.end(index, null),
      onExit: (listener) => void (this.#exits[index] = listener),
    };
  }
}

const turn = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 0));

test('the first worker serves before the others start', async () => {
  const machine = new Machine(3);
  const started = machine.supervisor.start();
  expect(machine.forked).toEqual([1]);
  expect(await started).toEqual({ number: 1 });
  expect(machine.forked).toEqual([1, 2, 3]);
});

test('a worker that cannot start ends the start with its exit code', async () => {
  const machine = new Machine(2, (number) => number === 1);
  const started = machine.supervisor.start();
  await expect(started).rejects.toBeInstanceOf(WorkerStartError);
  await expect(started).rejects.toMatchObject({ exitCode: 1 });
});

test('a worker that died is started again under its number, after a pause that doubles', async () => {
  const machine = new Machine(2);
  await machine.supervisor.start();
  machine.end(1, null);
  expect(machine.ended).toEqual([2]);
  machine.clock.advance(99);
  expect(machine.forked).toEqual([1, 2]);
  machine.clock.advance(1);
  expect(machine.forked).toEqual([1, 2, 2]);
  await turn();
  machine.end(2, 70);
  machine.clock.advance(199);
  expect(machine.forked).toHaveLength(3);
  machine.clock.advance(1);
  expect(machine.forked).toHaveLength(4);
  expect(machine.supervisor.restarts).toBe(2);
});

test('five deaths in a minute are too many; a worker that was asked to stop is none', async () => {
  const machine = new Machine(1);
  await machine.supervisor.start();
  let isFailing = false;
  void machine.supervisor.failing.then(() => (isFailing = true));
  for (let index = 0; index < 10; index++) {
    machine.end(index, 0);
    machine.clock.advance(5000);
    await turn();
  }
  for (let index = 10; index < 14; index++) {
    machine.end(index, null);
    machine.clock.advance(15_000);
    await turn();
  }
  expect(isFailing).toBe(false);
  for (let index = 14; index < 16; index++) {
    machine.end(index, null);
    machine.clock.advance(5000);
    await turn();
  }
  expect(isFailing).toBe(true);
});

test('stops every worker, and kills those that do not end in time', async () => {
  const machine = new Machine(2);
  await machine.supervisor.start();
  await machine.supervisor.stop(true, 10_000);
  expect(new Set(machine.ended)).toEqual(new Set([1, 2]));
  machine.clock.advance(60_000);
  expect(machine.forked).toEqual([1, 2]);
});

test('stops a worker that was just starting as soon as it serves', async () => {
  const machine = new Machine(2);
  await machine.supervisor.start();
  machine.isHeld = true;
  machine.end(1, null);
  machine.clock.advance(100);
  expect(machine.forked).toEqual([1, 2, 2]);
  const stopped = machine.supervisor.stop(true, 10_000);
  await turn();
  machine.release();
  await stopped;
  expect(machine.ended).toEqual([2, 1, 2]);
});
