/**
 * How much may arrive in a while. Reading costs time even where nothing comes of it, so a stream or a program that sends without a
 * pause would take it from everything else.
 */
import type { Clock } from '../clock.ts';
import { ConnectionError } from './connection-error.ts';

const WINDOW_MS = 10_000;
const MAX_PIECES = 50_000;
/** A large piece counts as several. */
const PIECE_BYTES = 16_384;

export class InflowLimit {
  readonly #clock: Clock;
  #sinceMs: number;
  #pieces = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#sinceMs = clock.monotonicMs();
  }

  /** @throws {ConnectionError} `too_large` */
  add(bytes: number): void {
    this.#pieces += 1 + bytes / PIECE_BYTES;
    if (this.#pieces <= MAX_PIECES) return;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#sinceMs < WINDOW_MS) {
      const message = `The upstream sent more than ${MAX_PIECES} messages, or ${(MAX_PIECES * PIECE_BYTES) / 2 ** 20} MiB, in ${WINDOW_MS / 1000} seconds.`;
      throw new ConnectionError('too_large', message, { mayHaveRun: true });
    }
    this.#sinceMs = nowMs;
    this.#pieces = 0;
  }
}
