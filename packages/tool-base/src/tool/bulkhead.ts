/**
 * At most `concurrency` runs at a time; up to `queueSize` more wait, first come, first served. Waiting has a deadline of its own,
 * ends when the caller cancels, and ends at once for a whole group when that group's breaker opens. One caller may fill the
 * queue, but not keep others out of it: see {@link Bulkhead.wait}.
 *
 * As many calls again may wait behind a full queue for up to a second, so that a short burst is served instead of rejected.
 */

import type { Clock } from '../clock.ts';
import { ToolError } from '../result/tool-error.ts';
import type { SharedSlots, SlotUser } from './shared-slots.ts';

export interface BulkheadOptions {
  readonly concurrency: number;
  readonly queueSize: number;
  /** Longest wait of one call, in milliseconds. */
  readonly queueTimeoutMs: number;
  readonly clock: Clock;
  /** Makes the limit one of several processes. @default a limit of this process alone */
  readonly slots?: SharedSlots | undefined;
}

export interface QueuedCall {
  /** What {@link Bulkhead.rejectWaiting} selects by. */
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

/** How long a call waits behind a full queue. */
const FULL_QUEUE_WAIT_MS = 1000;
const MIN_RETRY_MS = 100;
const MAX_RETRY_MS = 60_000;
const FULL = 'The tool is busy and its queue is full.';

export class Bulkhead implements SlotUser {
  readonly #options: BulkheadOptions;
  readonly #waiting = new Set<Waiter>();
  #running = 0;
  /** Moving average of the time a slot was taken, in milliseconds. */
  #averageMs = 0;

  constructor(options: BulkheadOptions) {
    this.#options = options;
  }

  get running(): number {
    return this.#running;
  }

  get queued(): number {
    return this.#waiting.size;
  }

  /** Takes a slot if one is free. A slot that is released passes to the queue first, so none is free while calls wait. */
  tryAcquire(): boolean {
    const { concurrency, slots } = this.#options;
    if (this.#running >= concurrency || slots?.tryTake() === false) return false;
    this.#running += 1;
    return true;
  }

  /**
   * Waits for a slot. When the queue is full, the newest call of the caller with the most places is rejected for a
   * caller that would still have fewer than it; otherwise the call waits for up to a second, if not too many do.
   * @throws {ToolError} `resource_exhausted` (queue full, or waited too long), `cancelled`, or what `rejectWaiting` gave
   */
  wait({ group, caller, signal }: QueuedCall): Promise<void> {
    if (signal?.aborted === true) return Promise.reject(cancelledInQueue());
    const { queueTimeoutMs, slots } = this.#options;
    const queueSize = this.#places;
    let waitMs = queueTimeoutMs;
    let timeoutMessage = 'The tool is busy; the call waited in its queue for too long.';
    if (this.#waiting.size >= queueSize) {
      const displaced = this.#displacedBy(caller);
      if (displaced === undefined) {
        if (this.#waiting.size >= 2 * queueSize) return Promise.reject(this.#exhausted(FULL));
        waitMs = Math.min(FULL_QUEUE_WAIT_MS, queueTimeoutMs);
        timeoutMessage = FULL;
      } else {
        displaced.settle(this.#exhausted(FULL));
      }
    }
    return new Promise((resolve, reject) => {
      const onAbort = (): void => settle(cancelledInQueue());
      const settle = (error?: ToolError): void => {
        this.#waiting.delete(waiter);
        timer[Symbol.dispose]();
        signal?.removeEventListener('abort', onAbort);
        if (error === undefined) resolve();
        else reject(error);
      };
      const waiter: Waiter = { group, caller, settle };
      const timer = this.#options.clock.setTimer(waitMs, () => settle(this.#exhausted(timeoutMessage)));
      this.#waiting.add(waiter);
      signal?.addEventListener('abort', onAbort, { once: true });
      slots?.request(this);
    });
  }

  /**
   * Gives a slot back; it passes straight to the first in the queue.
   * @param takenMs how long it was taken, in milliseconds; left out when nothing ran in it
   */
  release(takenMs?: number): void {
    if (takenMs !== undefined) {
      this.#averageMs = this.#averageMs === 0 ? takenMs : this.#averageMs * 0.8 + takenMs * 0.2;
    }
    const { slots } = this.#options;
    const [first] = this.#waiting;
    if (first !== undefined && slots?.mayKeep() !== false) return first.settle();
    this.#running -= 1;
    slots?.give();
  }

  /** Gives the first in the queue a slot that {@link SharedSlots} has taken for it. */
  admitFirst(): void {
    const [first] = this.#waiting;
    this.#running += 1;
    if (first === undefined) this.release();
    else first.settle();
  }

  /** Ends the wait of every queued call of a group. */
  rejectWaiting(group: unknown, error: () => ToolError): void {
    for (const waiter of this.#waiting) if (waiter.group === group) waiter.settle(error());
  }

  /** With shared slots every call waits for a moment, for which it needs no place in the queue. */
  get #places(): number {
    const { queueSize, concurrency, slots } = this.#options;
    return slots === undefined ? queueSize : queueSize + concurrency - this.#running;
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
    const retryAfterMs = Math.round(Math.min(MAX_RETRY_MS, Math.max(MIN_RETRY_MS, this.#averageMs * rounds)));
    return new ToolError('resource_exhausted', message, {
      retryAfterMs,
      suggestion: `Call again in about ${Math.ceil(retryAfterMs / 1000)} s.`,
    });
  }
}

function cancelledInQueue(): ToolError {
  return new ToolError('cancelled', 'The call was cancelled while it was queued.');
}
