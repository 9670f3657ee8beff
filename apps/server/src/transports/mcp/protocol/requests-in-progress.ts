import type { RequestId } from '@modelcontextprotocol/server';

/** Requests in progress at the same time, at most; more are not read. */
const MAX_IN_PROGRESS = 64;

/** These have limits of their own: calls that of the gateway, and streams stay open. */
const LIMITED_ELSEWHERE: ReadonlySet<string> = new Set(['tools/call', 'subscriptions/listen']);

/**
 * Counts the requests of one connection that are answered later, so that a client cannot make the server hold the results of any
 * number of requests before the first is written.
 */
export class RequestsInProgress {
  readonly #onSpace: () => void;
  readonly #byId = new Map<RequestId, number>();
  #count = 0;

  /** @param onSpace called when one ends while there are as many as there may be */
  constructor(onSpace: () => void) {
    this.#onSpace = onSpace;
  }

  get isFull(): boolean {
    return this.#count >= MAX_IN_PROGRESS;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  begin(id: RequestId, method: string): void {
    if (LIMITED_ELSEWHERE.has(method)) return;
    this.#byId.set(id, (this.#byId.get(id) ?? 0) + 1);
    this.#count += 1;
  }

  answered(id: RequestId): void {
    const count = this.#byId.get(id);
    if (count === undefined) return;
    if (count === 1) this.#byId.delete(id);
    else this.#byId.set(id, count - 1);
    this.#end(1);
  }

  /** A request that is cancelled may never be answered. */
  cancelled(id: RequestId): void {
    const count = this.#byId.get(id);
    if (count === undefined) return;
    this.#byId.delete(id);
    this.#end(count);
  }

  #end(count: number): void {
    const wasFull = this.isFull;
    this.#count -= count;
    if (wasFull && !this.isFull) this.#onSpace();
  }
}
