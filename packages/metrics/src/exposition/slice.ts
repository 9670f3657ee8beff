import type { Clock } from '../clock.ts';

/** The event loop gets a turn after this much work. */
const SLICE_MS = 1;

// Read once, so that fake timers in a test cannot stop a scrape.
const { setImmediate } = globalThis;

/** Divides synchronous work into slices, so that it does not block the event loop. */
export class Slice {
  readonly #clock: Clock;
  #startedMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedMs = clock.monotonicMs();
  }

  isOver(): boolean {
    return this.#clock.monotonicMs() - this.#startedMs > SLICE_MS;
  }

  async next(): Promise<void> {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
    this.#startedMs = this.#clock.monotonicMs();
  }
}
