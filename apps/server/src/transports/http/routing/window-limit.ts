import type { Clock } from '../../../foundation/clock.ts';

export interface WindowLimitOptions {
  /** How many are let through per window. */
  readonly max: number;
  readonly windowMs: number;
  readonly clock: Pick<Clock, 'monotonicMs'>;
}

/** Bounds how often something is recorded that a client can cause at will, and counts what is suppressed. */
export class WindowLimit {
  readonly #options: WindowLimitOptions;
  #windowEndMs = Number.NEGATIVE_INFINITY;
  #taken = 0;
  #suppressed = 0;

  constructor(options: WindowLimitOptions) {
    this.#options = options;
  }

  /** @returns how many were suppressed since the last one that was not; undefined when this one is */
  take(): number | undefined {
    const { max, windowMs, clock } = this.#options;
    const now = clock.monotonicMs();
    if (now >= this.#windowEndMs) {
      this.#windowEndMs = now + windowMs;
      this.#taken = 0;
    }
    if (this.#taken >= max) {
      this.#suppressed += 1;
      return undefined;
    }
    this.#taken += 1;
    const suppressed = this.#suppressed;
    this.#suppressed = 0;
    return suppressed;
  }
}
