import { randomBytes } from 'node:crypto';
import { systemClock, type Clock } from '../../foundation/clock.ts';
import type { EventBus } from './event-bus.ts';
import type { ServerEvent, ServerEventData, ServerEventType } from './server-events.ts';

export interface MemoryEventBusOptions {
  /** Events kept for replay, 1 to 100000. @default 1000 */
  readonly capacity?: number;
  /** @default systemClock */
  readonly clock?: Pick<Clock, 'epochMs'>;
}

export class MemoryEventBus implements EventBus {
  // Ids of an earlier process must not match: numbering starts again with every process.
  readonly #instance = randomBytes(4).toString('hex');
  readonly #capacity: number;
  readonly #clock: Pick<Clock, 'epochMs'>;
  readonly #listeners = new Set<(event: ServerEvent) => void>();
  // Event n is at index n % capacity.
  readonly #ring: ServerEvent[] = [];
  #last = 0;

  /** @throws {RangeError} when the capacity is out of range */
  constructor({ capacity = 1000, clock = systemClock }: MemoryEventBusOptions = {}) {
    if (!Number.isInteger(capacity) || capacity < 1 || capacity > 100_000) {
      throw new RangeError(`capacity must be an integer from 1 to 100000, got ${String(capacity)}`);
    }
    this.#capacity = capacity;
    this.#clock = clock;
  }

  get latestId(): string {
    return this.#idOf(this.#last);
  }

  publish<T extends ServerEventType>(type: T, data: ServerEventData[T]): void {
    this.#last++;
    const event = { id: this.latestId, at: this.#clock.epochMs(), type, data } as ServerEvent;
    this.#ring[this.#last % this.#capacity] = event;
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch {
        // A listener must not affect what it observes.
      }
    }
  }

  subscribe(listener: (event: ServerEvent) => void): Disposable {
    // A wrapper, so that a function subscribed twice is called twice.
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
    return `${this.#instance}-${number}`;
  }

  #numberOf(id: string): number | undefined {
    const digits = /^[0-9a-f]{8}-(?<number>[0-9]{1,15})$/.exec(id)?.groups?.['number'];
    const number = Number(digits);
    return digits !== undefined && this.#idOf(number) === id ? number : undefined;
  }
}
