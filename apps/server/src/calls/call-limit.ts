/**
 * How many calls may be in flight together, whatever they call: each tool bounds its own, and nothing else bounds their
 * sum. It lies on the way of every call, so it only counts.
 */
export class CallLimit {
  /** `server.maxConcurrentCalls`; a lower one lets the calls that run end. */
  max: number;
  /** Calls turned away since the start. */
  shed = 0;
  #inFlight = 0;

  constructor(max: number) {
    this.max = max;
  }

  /** Calls that were let in and are not yet answered; those that wait in a queue are among them. */
  get inFlight(): number {
    return this.#inFlight;
  }

  get isFull(): boolean {
    return this.#inFlight >= this.max;
  }

  /** Takes a place, which the caller owes a {@link leave}; false when there is none. */
  tryEnter(): boolean {
    if (this.#inFlight >= this.max) return false;
    this.#inFlight += 1;
    return true;
  }

  leave(): void {
    this.#inFlight -= 1;
  }
}
