/** Waits between attempts: doubled each time up to a maximum, varied so that many servers do not return at the same moment. */

export interface BackoffOptions {
  /** Milliseconds. */
  readonly firstMs: number;
  readonly maxMs: number;
  /** A number from 0 to 1. @default Math.random */
  readonly random?: () => number;
}

const SPREAD = 0.2;

export class Backoff {
  readonly #options: BackoffOptions;
  #nextMs: number;
  #minimumMs = 0;

  constructor(options: BackoffOptions) {
    this.#options = options;
    this.#nextMs = options.firstMs;
  }

  /** The next wait, in milliseconds. */
  next(): number {
    const { firstMs, maxMs, random = Math.random } = this.#options;
    const wait = Math.min(maxMs, Math.max(this.#nextMs, this.#minimumMs));
    this.#nextMs = Math.min(maxMs, this.#nextMs * 2);
    return Math.max(firstMs, Math.round(wait * (1 - SPREAD + 2 * SPREAD * random())));
  }

  /** The upstream asks for a longer wait; a shorter one than ours is its wish only. */
  atLeast(ms: number): void {
    this.#minimumMs = Number.isFinite(ms) ? ms : 0;
  }

  reset(): void {
    this.#nextMs = this.#options.firstMs;
  }
}
