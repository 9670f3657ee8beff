import { randomBytes } from 'node:crypto';
import type { EventBus } from './event-bus.ts';
import type { ServerEvent, ServerEventData, ServerEventType } from './server-events.ts';

export interface MemoryEventBusOptions {
  /** Events kept for replay, 1 to 100000. @default 1000 */
  readonly capacity?: number;
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
}

export class MemoryEventBus implements EventBus {
  // A restart begins a new numbering, so an id of the old one must not be taken for one of ours.
  readonly #epoch = randomBytes(4).toString('hex');
  readonly #capacity: number;
  readonly #now: () => number;
  readonly #listeners = new Set<(event: ServerEvent) => void>();
  // Event number n stands at n % capacity.
  readonly #ring: ServerEvent[] = [];
  #last = 0;

  /** @throws RangeError when the capacity is out of range */
  constructor({ capacity = 1000, now = Date.now }: MemoryEventBusOptions = {}) {
    if (!Number.isInteger(capacity) || capacity < 1 || capacity > 100_000) {
      throw new RangeError(`capacity must be an integer from 1 to 100000, got ${String(capacity)}`);
    }
    this.#capacity = capacity;
    this.#now = now;
  }

  get latestId(): string {
    return this.#idOf(this.#last);
  }

  publish<T extends ServerEventType>(type: T, data: ServerEventData[T]): void {
    this.#last++;
    const event = { id: this.latestId, at: this.#now(), type, data } as ServerEvent;
    this.#ring[this.#last % this.#capacity] = event;
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch {
        // Watching must not be able to break what is watched.
      }
    }
  }

  subscribe(listener: (event: ServerEvent) => void): Disposable {
    // A wrapper of its own, so that one function subscribed twice counts twice.
    const entry = (event: ServerEvent): void => listener(event);
    this.#listeners.add(entry);
    return { [Symbol.dispose]: () => void this.#listeners.delete(entry) };
  }

  eventsAfter(id: string, limit: number = this.#capacity): readonly ServerEvent[] | undefined {
    const number = this.#numberOf(id);
    if (number === undefined || number > this.#last || this.#last - number > this.#capacity) return undefined;
    const events: ServerEvent[] = [];
    for (let next = number + 1; next <= this.#last && events.length < limit; next++) {
      const event = this.#ring[next % this.#capacity];
      if (event !== undefined) events.push(event);
    }
    return events;
  }

  #idOf(number: number): string {
    return `${this.#epoch}-${number}`;
  }

  #numberOf(id: string): number | undefined {
    const digits = /^[0-9a-f]{8}-(?<number>[0-9]{1,15})$/.exec(id)?.groups?.['number'];
    const number = Number(digits);
    return digits !== undefined && this.#idOf(number) === id ? number : undefined;
  }
}
