/**
 * The stream of the 2025 era on which an upstream sends what belongs to no request. An upstream that ends it at once, or asks to be
 * called again at once, must not make a loop: each wait is at least a second and doubles up to a minute, varied by a fifth.
 */
import type { Dispatcher } from 'undici';

import type { Clock } from '../clock.ts';
import { Backoff } from '../connection/backoff.ts';
import { wait } from '../connection/wait.ts';
import { readEvents } from './event-reader.ts';

export interface StandingStreamOptions {
  readonly clock: Clock;
  readonly open: (lastEventId: string | undefined, signal: AbortSignal) => Promise<Dispatcher.ResponseData>;
  readonly onData: (data: string) => void;
  readonly maxBytes: number;
}

const FIRST_WAIT_MS = 1000;
const MAX_WAIT_MS = 60_000;
/** A stream that was open for so long was worth reopening soon. */
const STABLE_AFTER_MS = 30_000;

export class StandingStream implements Disposable {
  readonly #options: StandingStreamOptions;
  readonly #ended = new AbortController();
  readonly #backoff: Backoff;
  #lastEventId: string | undefined;
  #started = false;
  #isKept = false;

  constructor(options: StandingStreamOptions) {
    this.#options = options;
    this.#backoff = new Backoff({ firstMs: FIRST_WAIT_MS, maxMs: MAX_WAIT_MS });
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#isKept = true;
    void this.#keepOpen().finally(() => {
      this.#isKept = false;
    });
  }

  /** Whether it is open, or will be opened again. */
  get isKept(): boolean {
    return this.#isKept;
  }

  /** Reads on after an event of another stream while `isWanted`; for the answer to a request whose stream was closed. */
  async resume(lastEventId: string, isWanted: () => boolean, signal?: AbortSignal): Promise<void> {
    const backoff = new Backoff({ firstMs: FIRST_WAIT_MS, maxMs: MAX_WAIT_MS });
    const ended = AbortSignal.any([this.#ended.signal, ...(signal ? [signal] : [])]);
    let last = lastEventId;
    while (isWanted() && !ended.aborted) {
      await wait(this.#options.clock, backoff.next(), ended);
      if (ended.aborted || !isWanted()) return;
      const status = await this.#read(last, ended, (id) => {
        last = id;
      });
      if (status >= 400) return;
    }
  }

  [Symbol.dispose](): void {
    this.#ended.abort();
  }

  async #keepOpen(): Promise<void> {
    const { signal } = this.#ended;
    const { clock } = this.#options;
    while (!signal.aborted) {
      const openedAt = clock.monotonicMs();
      const status = await this.#read(this.#lastEventId, signal, (id) => {
        this.#lastEventId = id;
      });
      // The upstream has no such stream, or the session is over, which the next request finds out.
      if (status === 405 || status === 404 || status === 400) return;
      if (clock.monotonicMs() - openedAt >= STABLE_AFTER_MS) this.#backoff.reset();
      await wait(clock, this.#backoff.next(), signal);
    }
  }

  /** @returns the status of the response; 0 when there was none */
  async #read(lastEventId: string | undefined, signal: AbortSignal, onId: (id: string) => void): Promise<number> {
    try {
      const response = await this.#options.open(lastEventId, signal);
      if (response.statusCode >= 300) {
        await response.body.dump();
        return response.statusCode;
      }
      const { maxBytes, onData, clock } = this.#options;
      const onRetry = (ms: number): void => this.#backoff.atLeast(ms);
      await readEvents(response.body, { maxBytes, clock, onData, onId, onRetry });
      return response.statusCode;
    } catch {
      // Whatever ended it, it is reopened after the wait.
      return 0;
    }
  }
}
