/** The server's time, as far as its Date header (whole seconds) tells it: the browser's own clock may be minutes off. */
export class ServerClock {
  readonly #browser: () => number;
  #offsetMs = 0;

  constructor(browser: () => number = Date.now) {
    this.#browser = browser;
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#browser() + this.#offsetMs;
  }

  /** Takes a difference into account only when it is larger than the header's own coarseness. */
  observe(serverEpochMs: number): void {
    const offsetMs = serverEpochMs + 500 - this.#browser();
    if (Math.abs(offsetMs - this.#offsetMs) > 2000) this.#offsetMs = offsetMs;
  }
}
