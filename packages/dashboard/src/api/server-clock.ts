import type { Clock } from '../clock.ts';

/** The server's time, from the Date header of its responses (whole seconds): the browser's own clock may be minutes off. */
export class ServerClock {
  readonly #clock: Clock;
  #offsetMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds since the epoch. */
  epochMs(): number {
    return this.#clock.epochMs() + this.#offsetMs;
  }

  /** Corrects the offset only when the difference is larger than the resolution of the header. */
  observe(serverEpochMs: number): void {
    const offsetMs = serverEpochMs + 500 - this.#clock.epochMs();
    if (Math.abs(offsetMs - this.#offsetMs) > 2000) this.#offsetMs = offsetMs;
  }
}
