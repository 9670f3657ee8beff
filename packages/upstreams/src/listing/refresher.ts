/**
 * When the list of an upstream is read: one reading at a time, at least a second apart, longer for a large list, and once more after
 * the last change that was announced during one, so that a storm of announcements costs two readings and the last change is never lost.
 */
import type { Clock } from '../clock.ts';
import { ConnectionError } from '../connection/connection-error.ts';
import { Backoff } from '../connection/backoff.ts';

export interface RefresherOptions {
  readonly clock: Clock;
  /** @returns after how many milliseconds the list is to be read again without an announcement */
  readonly refresh: () => Promise<number>;
  /** How large the last reading was, whether it failed or not. */
  readonly bytesRead: () => number;
}

const MIN_INTERVAL_MS = 1000;
/** A list that changes all the time costs as much as one of this size that is read each second. */
const MAX_BYTES_PER_MS = 131.072;
const MAX_WAIT_MS = 60_000;

export class Refresher implements Disposable {
  readonly #options: RefresherOptions;
  readonly #backoff = new Backoff({ firstMs: MIN_INTERVAL_MS, maxMs: MAX_WAIT_MS });
  #timer: Disposable | undefined;
  #dueMs = Infinity;
  #startedMs = -Infinity;
  #running = false;
  #again = false;
  #disposed = false;

  constructor(options: RefresherOptions) {
    this.#options = options;
  }

  /** The list may have changed. */
  request(): void {
    if (this.#running) this.#again = true;
    else this.#schedule(Math.max(0, this.#startedMs + this.#intervalMs - this.#options.clock.monotonicMs()));
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#timer?.[Symbol.dispose]();
  }

  get #intervalMs(): number {
    return Math.max(MIN_INTERVAL_MS, this.#options.bytesRead() / MAX_BYTES_PER_MS);
  }

  /** An earlier reading replaces a later one. */
  #schedule(waitMs: number): void {
    const { clock } = this.#options;
    const dueMs = clock.monotonicMs() + waitMs;
    if (this.#disposed || dueMs >= this.#dueMs) return;
    this.#timer?.[Symbol.dispose]();
    this.#dueMs = dueMs;
    this.#timer = clock.setTimer(waitMs, () => void this.#run());
  }

  async #run(): Promise<void> {
    this.#dueMs = Infinity;
    this.#running = true;
    this.#again = false;
    this.#startedMs = this.#options.clock.monotonicMs();
    let waitMs: number;
    try {
      waitMs = await this.#options.refresh();
      this.#backoff.reset();
    } catch (error) {
      waitMs = this.#backoff.next();
      // Earlier, the answer would only be to wait.
      if (error instanceof ConnectionError) waitMs = Math.max(waitMs, error.retryAfterMs ?? 0);
    }
    this.#running = false;
    this.#schedule(waitMs);
    if (this.#again) this.request();
  }
}
