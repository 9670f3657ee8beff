/**
 * The number of calls in flight together, whatever they call: each tool limits its own concurrency, and this limits the sum.
 *
 * One caller cannot take every place. The last quarter is shared by all callers: there, a caller enters only while it holds
 * less than its part of that quarter, so that a caller with few calls finds a place beside one with many.
 */
export class CallLimit {
  /** `server.maxConcurrentCalls`. Lowering it does not end running calls. */
  max: number;
  /** Calls rejected since the start. */
  shed = 0;
  #inFlight = 0;
  /** Calls in flight by caller. A caller without calls stays until there are many, since a new entry for every call is slow. */
  readonly #byCaller = new Map<string, number>();
  #activeCallers = 0;

  constructor(max: number) {
    this.max = max;
  }

  /** Calls that entered and are not answered yet, including those that wait in a tool's queue. */
  get inFlight(): number {
    return this.#inFlight;
  }

  isFullFor(caller: string): boolean {
    if (this.#inFlight >= this.max) return true;
    const reserved = Math.floor(this.max / SHARED_PART);
    if (this.#inFlight < this.max - reserved) return false;
    const own = this.#byCaller.get(caller) ?? 0;
    const callers = this.#activeCallers + (own === 0 ? 1 : 0);
    return own >= Math.max(1, Math.floor(reserved / callers));
  }

  /** Takes a place, which the caller returns with {@link leave}; false when there is none. */
  tryEnter(caller: string): boolean {
    if (this.isFullFor(caller)) return false;
    const own = this.#byCaller.get(caller) ?? 0;
    if (own === 0) this.#activeCallers += 1;
    this.#byCaller.set(caller, own + 1);
    this.#inFlight += 1;
    return true;
  }

  leave(caller: string): void {
    const own = (this.#byCaller.get(caller) ?? 1) - 1;
    this.#byCaller.set(caller, own);
    this.#inFlight -= 1;
    if (own > 0) return;
    this.#activeCallers -= 1;
    if (this.#byCaller.size > MAX_IDLE_CALLERS) this.#byCaller.delete(caller);
  }
}

/** One part of so many is shared by all callers; the rest is open to anyone. */
const SHARED_PART = 4;
const MAX_IDLE_CALLERS = 1000;
