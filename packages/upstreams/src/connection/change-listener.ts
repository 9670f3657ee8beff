/**
 * The stream of the 2026 revision on which an upstream says what changed. It is kept open: one that ends is opened again after a
 * wait, and what may have changed meanwhile is then read.
 */
import type { McpSubscription, RequestOptions, SubscriptionFilter } from '@modelcontextprotocol/client';

import type { Clock } from '../clock.ts';
import { Backoff } from './backoff.ts';
import { wait } from './wait.ts';

export interface ChangeListenerOptions {
  readonly listen: (filter: SubscriptionFilter, options: RequestOptions) => Promise<McpSubscription>;
  readonly clock: Clock;
  /** What to listen to, asked each time the stream is opened; nothing is opened for an empty one. */
  readonly filter: () => SubscriptionFilter;
  /** Nobody listened for a while. */
  readonly onReopened: () => void;
}

const FIRST_WAIT_MS = 1000;
const MAX_WAIT_MS = 60_000;
/** A stream that was open for so long was worth reopening soon. */
const STABLE_AFTER_MS = 30_000;
const ACKNOWLEDGEMENT_MS = 30_000;

export class ChangeListener implements Disposable {
  readonly #options: ChangeListenerOptions;
  readonly #ended = new AbortController();
  #current: McpSubscription | undefined;
  #running = false;
  #isOutdated = false;

  constructor(options: ChangeListenerOptions) {
    this.#options = options;
  }

  /** Opens the stream, or opens it anew where the filter has changed. */
  update(): void {
    if (this.#running) {
      this.#isOutdated = true;
      void this.#current?.close();
    } else void this.#keepOpen();
  }

  [Symbol.dispose](): void {
    this.#ended.abort();
    void this.#current?.close();
  }

  async #keepOpen(): Promise<void> {
    const { listen, clock, filter, onReopened } = this.#options;
    const { signal } = this.#ended;
    const backoff = new Backoff({ firstMs: FIRST_WAIT_MS, maxMs: MAX_WAIT_MS });
    this.#running = true;
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      const wanted = filter();
      if (Object.keys(wanted).length === 0) break;
      this.#isOutdated = false;
      const openedMs = clock.monotonicMs();
      try {
        this.#current = await listen(wanted, { signal, timeout: ACKNOWLEDGEMENT_MS });
        if (!isFirst) onReopened();
        // The filter changed while the stream was being opened.
        if (this.#isOutdated) await this.#current.close();
        else await this.#current.closed;
      } catch {
        // Whatever it was, the stream is opened again after the wait.
      }
      this.#current = undefined;
      if (this.#isOutdated) continue;
      if (clock.monotonicMs() - openedMs >= STABLE_AFTER_MS) backoff.reset();
      await wait(clock, backoff.next(), signal);
    }
    this.#running = false;
  }
}
