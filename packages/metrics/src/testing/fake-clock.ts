import type { Clock } from '../clock.ts';

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  /** 2026-01-01T00:00:00Z when the monotonic clock is at 0. */
  readonly #epochOffsetMs = Date.UTC(2026, 0, 1);
  #nowMs = 0;

  monotonicMs(): number {
    return this.#nowMs;
  }

  epochMs(): number {
    return this.#epochOffsetMs + this.#nowMs;
  }

  /** Negative to step back, as a broken clock would. */
  advance(ms: number): void {
    this.#nowMs += ms;
  }
}
