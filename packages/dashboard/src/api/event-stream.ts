import { SseParser, type StreamMessage } from './sse-parser.ts';

export type StreamStatus =
  | { readonly status: 'connecting' }
  | { readonly status: 'live' }
  /** Lost; it will be tried again. `retryAt` is on the clock of {@link StreamTime.now}. */
  | { readonly status: 'waiting'; readonly retryAt: number; readonly reason: string }
  /** The key is not good (any more); nothing will be tried. */
  | { readonly status: 'refused'; readonly httpStatus: number };

export interface StreamTime {
  /** Milliseconds on a clock that only goes forward. */
  now(): number;
  /** Resolves after `ms`, or at once when aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  /** 0 to 1. */
  random(): number;
}

export interface EventStreamOptions {
  readonly open: (headers: Record<string, string>, signal: AbortSignal) => Promise<Response>;
  readonly onMessage: (message: StreamMessage) => void;
  readonly onStatus: (status: StreamStatus) => void;
  readonly time: StreamTime;
}

/** The server sends a heartbeat every 15 s; a stream that is silent for this long is dead, whatever the network says. */
const SILENCE_MS = 40_000;
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 30_000;

/** Keeps an event stream open: comes back where it left off, waiting longer after each failure in a row. */
export class EventStream {
  readonly #options: EventStreamOptions;
  readonly #stopped = new AbortController();
  #waiting = new AbortController();
  #parser = new SseParser();
  #failures = 0;

  constructor(options: EventStreamOptions) {
    this.#options = options;
  }

  /** Runs until {@link stop}, or until the server refuses the key. */
  async run(): Promise<void> {
    const { onStatus, time } = this.#options;
    while (!this.#stopped.signal.aborted) {
      onStatus({ status: 'connecting' });
      const end = await this.#attempt();
      if (this.#stopped.signal.aborted) return;
      if (end.refused !== undefined) return onStatus({ status: 'refused', httpStatus: end.refused });
      const waitMs = end.again ? 0 : this.#backOff(end.retryAfterMs ?? this.#parser.retryMs ?? FIRST_RETRY_MS);
      if (waitMs === 0) continue;
      onStatus({ status: 'waiting', retryAt: time.now() + waitMs, reason: end.reason });
      this.#waiting = new AbortController();
      await time.wait(waitMs, AbortSignal.any([this.#stopped.signal, this.#waiting.signal]));
    }
  }

  /** Ends the wait for the next attempt. */
  retryNow(): void {
    this.#waiting.abort();
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #attempt(): Promise<StreamEnd> {
    const { open, onStatus } = this.#options;
    const attempt = new AbortController();
    const signal = AbortSignal.any([this.#stopped.signal, attempt.signal]);
    try {
      const { lastEventId } = this.#parser;
      const opening = open(
        { accept: 'text/event-stream', ...(lastEventId !== '' && { 'last-event-id': lastEventId }) },
        signal,
      );
      const response = await this.#unlessSilent(opening, attempt);
      if (response.status === 401 || response.status === 403) return { reason: '', refused: response.status };
      if (!response.ok || response.body === null) return refusalOf(response);
      onStatus({ status: 'live' });
      return await this.#read(response.body, attempt);
    } catch (error) {
      return { reason: error instanceof SilenceError ? error.message : 'the server cannot be reached' };
    } finally {
      attempt.abort();
    }
  }

  async #read(body: ReadableStream<Uint8Array>, attempt: AbortController): Promise<StreamEnd> {
    const { lastEventId, retryMs } = this.#parser;
    this.#parser = new SseParser();
    this.#parser.lastEventId = lastEventId;
    this.#parser.retryMs = retryMs;
    const reader = body.getReader();
    const decoder = new TextDecoder();
    let again = false;
    for (;;) {
      const { done, value } = await this.#unlessSilent(reader.read(), attempt);
      if (done) return { reason: 'the server ended the stream', again };
      this.#failures = 0;
      for (const message of this.#parser.push(decoder.decode(value, { stream: true }))) {
        // Streams end after an hour, so that a withdrawn key does not read on; that is no failure.
        if (message.type === 'stream.closed' && message.data.includes('"lifetime"')) again = true;
        this.#options.onMessage(message);
      }
    }
  }

  async #unlessSilent<T>(work: Promise<T>, attempt: AbortController): Promise<T> {
    const heard = new AbortController();
    const silence = this.#options.time.wait(SILENCE_MS, AbortSignal.any([heard.signal, this.#stopped.signal]));
    try {
      return await Promise.race([
        work,
        silence.then((): never => {
          if (!heard.signal.aborted) attempt.abort();
          throw new SilenceError('the server is silent');
        }),
      ]);
    } finally {
      heard.abort();
    }
  }

  /** Doubles with each failure in a row, up to half a minute; a quarter of it at random, so that pages do not return as one. */
  #backOff(baseMs: number): number {
    const waitMs = Math.min(LONGEST_RETRY_MS, Math.max(FIRST_RETRY_MS, baseMs) * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 10);
    return Math.round(waitMs * (1 - this.#options.time.random() / 4));
  }
}

interface StreamEnd {
  readonly reason: string;
  /** HTTP status that makes another attempt pointless. */
  readonly refused?: number;
  /** To be opened again at once. */
  readonly again?: boolean;
  readonly retryAfterMs?: number | undefined;
}

class SilenceError extends Error {}

function refusalOf(response: Response): StreamEnd {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return {
    reason:
      response.status === 429 ? 'too many event streams are open with this key' : `it answered ${response.status}`,
    retryAfterMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined,
  };
}
