/**
 * At most `concurrency` runs at a time; up to `queueSize` more wait, first come, first served. Waiting has a deadline of its own,
 * ends when the caller gives up, and ends at once for a whole group when that group's breaker opens. One caller may fill the
 * queue, but not keep others out of it: see {@link Bulkhead.wait}.
 */

import type { Clock } from './ports.ts';
import { ToolError } from './tool-error.ts';

export interface BulkheadOptions {
  readonly concurrency: number;
  readonly queueSize: number;
  readonly queueTimeoutMs: number;
  readonly clock: Clock;
}

/** Who waits, and for what. */
export interface Wait {
  /** What {@link Bulkhead.turnAway} selects by. */
  readonly group: unknown;
  /** Name of the caller, for its share of the queue. */
  readonly caller: string;
  readonly signal?: AbortSignal | undefined;
}

interface Waiter {
  readonly group: unknown;
  readonly caller: string;
  /** Ends the wait; without an error the slot is the waiter's. */
  readonly settle: (error?: ToolError) => void;
}

const MIN_RETRY_MS = 100;
const MAX_RETRY_MS = 60_000;

export class Bulkhead {
  readonly #options: BulkheadOptions;
  readonly #waiting = new Set<Waiter>();
  #running = 0;
  /** Moving average of the time a slot was held. */
  #heldMs = 0;

  constructor(options: BulkheadOptions) {
    this.#options = options;
  }

  get running(): number {
    return this.#running;
  }

  get queued(): number {
    return this.#waiting.size;
  }

  /** Takes a slot if one is free and nobody waits for it. */
  tryEnter(): boolean {
    if (this.#running >= this.#options.concurrency) return false;
    this.#running += 1;
    return true;
  }

  /**
   * Waits for a slot. When the queue is full, the newest call of the caller with the most places makes room for a caller that
   * would still have fewer than it.
   * @throws {ToolError} `resource_exhausted` (queue full, or waited too long), `cancelled`, or what `turnAway` gave
   */
  wait({ group, caller, signal }: Wait): Promise<void> {
    if (signal?.aborted === true) return Promise.reject(givenUp());
    if (this.#waiting.size >= this.#options.queueSize) {
      const full = this.#exhausted('The tool is busy and its queue is full.');
      const displaced = this.#displacedBy(caller);
      if (displaced === undefined) return Promise.reject(full);
      displaced.settle(full);
    }
    return new Promise((resolve, reject) => {
      const onAbort = (): void => settle(givenUp());
      const settle = (error?: ToolError): void => {
        this.#waiting.delete(waiter);
        cancelTimer();
        signal?.removeEventListener('abort', onAbort);
        if (error === undefined) resolve();
        else reject(error);
      };
      const waiter: Waiter = { group, caller, settle };
      const cancelTimer = this.#options.clock.schedule(
        () => settle(this.#exhausted('The tool is busy; the wait in its queue took too long.')),
        this.#options.queueTimeoutMs,
      );
      this.#waiting.add(waiter);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Gives a slot back; it passes straight to the first in the queue. Without a time nothing ran in it. */
  leave(heldMs?: number): void {
    if (heldMs !== undefined) this.#heldMs = this.#heldMs === 0 ? heldMs : this.#heldMs * 0.8 + heldMs * 0.2;
    const [first] = this.#waiting;
    if (first === undefined) this.#running -= 1;
    else first.settle();
  }

  /** Ends the wait of every queued call of a group. */
  turnAway(group: unknown, error: () => ToolError): void {
    for (const waiter of this.#waiting) if (waiter.group === group) waiter.settle(error());
  }

  #displacedBy(caller: string): Waiter | undefined {
    const places = new Map<string, number>([[caller, 0]]);
    for (const waiter of this.#waiting) places.set(waiter.caller, (places.get(waiter.caller) ?? 0) + 1);
    const most = Math.max(...places.values());
    if (most <= (places.get(caller) ?? 0) + 1) return undefined;
    return [...this.#waiting].findLast((waiter) => places.get(waiter.caller) === most);
  }

  #exhausted(message: string): ToolError {
    const rounds = Math.ceil((this.#waiting.size + 1) / this.#options.concurrency);
    const retryAfterMs = Math.round(Math.min(MAX_RETRY_MS, Math.max(MIN_RETRY_MS, this.#heldMs * rounds)));
    return new ToolError('resource_exhausted', message, {
      retryAfterMs,
      suggestion: `Call again in about ${Math.ceil(retryAfterMs / 1000)} s.`,
    });
  }
}

function givenUp(): ToolError {
  return new ToolError('cancelled', 'The call was cancelled while it was queued.');
}
