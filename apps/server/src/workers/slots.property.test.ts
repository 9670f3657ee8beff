import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { ManualClock } from '../foundation/test-support/manual-clock.ts';
import { LentSlots } from './lent-slots.ts';
import { SlotPool, type SlotHolder } from './slot-pool.ts';

const TOTAL = 2;

/** A worker with a queue of its own, whose messages arrive when the test says so. */
class Worker implements SlotHolder {
  readonly slots: LentSlots;
  readonly #pool: SlotPool;
  readonly #messages: (() => void)[];
  running = 0;
  queued = 0;
  isDead = false;

  constructor(pool: SlotPool, messages: (() => void)[], clock: ManualClock) {
    this.#pool = pool;
    this.#messages = messages;
    this.slots = new LentSlots({
      clock,
      want: (total) => this.#send(() => this.#pool.want(this, 'ping', total)),
      giveBack: () => this.#send(() => this.#pool.give(this, 'ping')),
    });
    this.slots.total = TOTAL;
  }

  call(): void {
    if (this.slots.tryTake()) this.running += 1;
    else {
      this.queued += 1;
      this.slots.request(this);
    }
  }

  finish(): void {
    if (this.running === 0) return;
    if (this.queued > 0 && this.slots.mayKeep()) this.queued -= 1;
    else {
      this.running -= 1;
      this.slots.give();
    }
  }

  admitFirst(): void {
    this.queued -= 1;
    this.running += 1;
  }

  lend(): void {
    this.#send(() => this.slots.lend());
  }

  recall(): void {
    this.#send(() => this.slots.recall());
  }

  die(): void {
    this.isDead = true;
    this.running = 0;
    this.queued = 0;
    this.#pool.leave(this);
  }

  #send(message: () => void): void {
    this.#messages.push(() => this.isDead || message());
  }
}

const steps = fc.array(
  fc.record({
    worker: fc.nat({ max: 2 }),
    what: fc.constantFrom('call', 'call', 'finish', 'deliver', 'deliver', 'deliver', 'wait', 'die'),
  }),
  { maxLength: 200 },
);

test('never more runs than slots over all workers, and no call waits for ever', () => {
  fc.assert(
    fc.property(steps, (given) => {
      const clock = new ManualClock();
      const messages: (() => void)[] = [];
      const pool = new SlotPool(clock);
      const workers = [0, 1, 2].map(() => new Worker(pool, messages, clock));
      const running = (): number => workers.reduce((sum, worker) => sum + worker.running, 0);
      for (const { worker: index, what } of given) {
        const worker = workers[index];
        if (!worker || worker.isDead) continue;
        if (what === 'deliver') messages.shift()?.();
        else if (what === 'wait') clock.advance(60);
        else if (what === 'die') worker.die();
        else worker[what]();
        expect(running()).toBeLessThanOrEqual(TOTAL);
      }
      for (let turn = 0; turn < 2000 && workers.some(({ queued, running: own }) => queued + own > 0); turn += 1) {
        messages.shift()?.();
        if (turn % 7 === 0) clock.advance(60);
        if (turn % 5 === 0) for (const worker of workers) worker.finish();
        expect(running()).toBeLessThanOrEqual(TOTAL);
      }
      expect(workers.map(({ queued }) => queued)).toEqual([0, 0, 0]);
    }),
    { numRuns: 500 },
  );
});

test('a slot that is used again within 50 ms costs no message', () => {
  const clock = new ManualClock();
  const messages: (() => void)[] = [];
  const worker = new Worker(new SlotPool(clock), messages, clock);
  worker.call();
  while (messages.length > 0) messages.shift()?.();
  expect(worker.running).toBe(1);
  for (let call = 0; call < 10; call += 1) {
    worker.finish();
    clock.advance(40);
    worker.call();
  }
  expect([worker.running, messages.length]).toEqual([1, 0]);
  worker.finish();
  clock.advance(100);
  expect(messages).toHaveLength(1);
});
