import type { Clock } from '../foundation/clock.ts';

/** A worker, as the pool knows it. */
export interface SlotHolder {
  /** One slot of the tool is the worker's until it gives it back. */
  lend(tool: string): void;
  /** The next slot of the tool that is free in the worker goes back. */
  recall(tool: string): void;
}

interface ToolSlots {
  total: number;
  readonly lent: Map<SlotHolder, number>;
  /** Recalled and not returned yet. */
  readonly recalled: Map<SlotHolder, number>;
  /** One entry for each request, oldest first. */
  waiting: SlotHolder[];
}

function noSlots(total: number): ToolSlots {
  return { total, lent: new Map(), recalled: new Map(), waiting: [] };
}

/** Programs of a worker that was killed are ended by its launcher, within this time. */
const PROGRAMS_END_MS = 1000;

/** The slots of every tool, of which each is in one worker at a time; in the primary. */
export class SlotPool {
  readonly #clock: Pick<Clock, 'setTimer'>;
  readonly #tools = new Map<string, ToolSlots>();

  constructor(clock: Pick<Clock, 'setTimer'>) {
    this.#clock = clock;
  }

  /** @param total the concurrency limit of the tool, as the worker knows it */
  want(holder: SlotHolder, tool: string, total: number): void {
    const slots = this.#tools.get(tool) ?? noSlots(total);
    this.#tools.set(tool, slots);
    slots.total = total;
    slots.waiting.push(holder);
    this.#serve(tool, slots);
  }

  give(holder: SlotHolder, tool: string): void {
    const slots = this.#tools.get(tool);
    if (!slots || countOf(slots.lent, holder) === 0) return;
    add(slots.lent, holder, -1);
    if (countOf(slots.recalled, holder) > 0) add(slots.recalled, holder, -1);
    this.#serve(tool, slots);
  }

  /** The worker has ended. Its slots are free again when its programs have ended as well. */
  leave(holder: SlotHolder): void {
    for (const slots of this.#tools.values()) {
      slots.waiting = slots.waiting.filter((each) => each !== holder);
    }
    this.#clock.setTimer(PROGRAMS_END_MS, () => {
      for (const [tool, slots] of this.#tools) {
        slots.lent.delete(holder);
        slots.recalled.delete(holder);
        this.#serve(tool, slots);
      }
    });
  }

  #serve(tool: string, slots: ToolSlots): void {
    while (slots.waiting.length > 0 && sumOf(slots.lent) < slots.total) {
      const next = slots.waiting.reduce((one, other) => (lentTo(slots, other) < lentTo(slots, one) ? other : one));
      slots.waiting.splice(slots.waiting.indexOf(next), 1);
      add(slots.lent, next, 1);
      next.lend(tool);
    }
    while (sumOf(slots.recalled) < slots.waiting.length) {
      const holder = this.#holderToRecallFrom(slots);
      if (!holder) return;
      add(slots.recalled, holder, 1);
      holder.recall(tool);
    }
  }

  /** The worker with the most slots, unless nobody else waits: it serves its own calls without the pool. */
  #holderToRecallFrom({ lent, recalled, waiting }: ToolSlots): SlotHolder | undefined {
    const left = (holder: SlotHolder): number => countOf(lent, holder) - countOf(recalled, holder);
    const candidates = [...lent.keys()].filter((holder) => left(holder) > 0 && waiting.some((each) => each !== holder));
    return candidates.toSorted((one, other) => left(other) - left(one))[0];
  }
}

function lentTo({ lent }: ToolSlots, holder: SlotHolder): number {
  return countOf(lent, holder);
}

function countOf(counts: ReadonlyMap<SlotHolder, number>, holder: SlotHolder): number {
  return counts.get(holder) ?? 0;
}

function add(counts: Map<SlotHolder, number>, holder: SlotHolder, change: number): void {
  const count = countOf(counts, holder) + change;
  if (count === 0) counts.delete(holder);
  else counts.set(holder, count);
}

function sumOf(counts: ReadonlyMap<SlotHolder, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
