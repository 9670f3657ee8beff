/**
 * When a program that ended may be started again: after a wait that doubles with each failure, and begins anew only after the program
 * has run for a while and answered. A program that starts and dies at once therefore cannot make a loop.
 */
import type { Clock } from '../clock.ts';
import { Backoff } from './backoff.ts';
import { ConnectionError } from './connection-error.ts';

export interface RestartOptions {
  /** The first wait, in milliseconds. @default 1000 */
  readonly initialMs?: number | undefined;
  /** @default 60 000 */
  readonly maxMs?: number | undefined;
  /** How long a program must have run for the waits to begin anew. @default 30 000 */
  readonly stableAfterMs?: number | undefined;
}

const MAX_FAILURES = 10;

export class RestartPace {
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  readonly #stableAfterMs: number;
  #notBeforeMs = -Infinity;
  #failures = 0;

  constructor({ initialMs = 1000, maxMs = 60_000, stableAfterMs = 30_000 }: RestartOptions, clock: Clock) {
    this.#clock = clock;
    this.#backoff = new Backoff({ firstMs: initialMs, maxMs });
    this.#stableAfterMs = stableAfterMs;
  }

  /** Whether it has failed so often since it last ran for long enough that only a call starts it again. */
  get isForCallsOnly(): boolean {
    return this.#failures >= MAX_FAILURES;
  }

  /** @throws {ConnectionError} with the time that is left */
  check(): void {
    const waitMs = this.#notBeforeMs - this.#clock.monotonicMs();
    if (waitMs <= 0) return;
    throw new ConnectionError('unreachable', 'The program ended and waits to be started again.', {
      mayHaveRun: false,
      retryAfterMs: Math.ceil(waitMs),
    });
  }

  /** An operator wants it to be started now. */
  reset(): void {
    this.#backoff.reset();
    this.#failures = 0;
    this.#notBeforeMs = -Infinity;
  }

  /** It answered. @returns the moment, for {@link lost} */
  opened(): number {
    return this.#clock.monotonicMs();
  }

  /** It ended although nobody wanted it to. */
  lost(openedMs: number): void {
    if (this.#clock.monotonicMs() - openedMs >= this.#stableAfterMs) {
      this.#backoff.reset();
      this.#failures = 0;
    }
    this.failed();
  }

  /** It could not be started, or ended before it answered. */
  failed(): void {
    this.#failures += 1;
    this.#notBeforeMs = this.#clock.monotonicMs() + this.#backoff.next();
  }
}
