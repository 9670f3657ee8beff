import { sleep, type Clock } from '../clock.ts';
import { SseParser, type StreamMessage } from './sse-parser.ts';

export type StreamStatus =
  | { readonly status: 'connecting' }
  | { readonly status: 'live' }
  /** Disconnected; the next attempt is at `retryAtMs` on the monotonic clock. */
  | { readonly status: 'waiting'; readonly retryAtMs: number; readonly reason: string }
  /** The key is not accepted; there are no more attempts. */
  | { readonly status: 'rejected'; readonly httpStatus: number };

export interface EventStreamOptions {
  readonly open: (headers: Record<string, string>, signal: AbortSignal) => Promise<Response>;
  readonly onMessage: (message: StreamMessage) => void;
  readonly onStatus: (status: StreamStatus) => void;
  readonly clock: Clock;
  /** @returns 0 to 1. @default Math.random */
  readonly random?: () => number;
}

/** The server sends a heartbeat every 15 s; without any data for this long the connection is dead. */
const SILENCE_MS = 40_000;
const MIN_RETRY_MS = 1000;
const MAX_RETRY_MS = 30_000;

/** Keeps an event stream open: resumes after the last event it received, with exponential backoff after failures. */
export class EventStream {
  readonly #options: EventStreamOptions;
  readonly #stopped = new AbortController();
  #waiting = new AbortController();
  #parser = new SseParser();
  #failures = 0;
  #isUnreachable = false;

  constructor(options: EventStreamOptions) {
    this.#options = options;
  }

  /** Runs until {@link stop}, or until the server rejects the key. */
  async run(): Promise<void> {
    const { onStatus, clock } = this.#options;
    while (!this.#stopped.signal.aborted) {
      onStatus({ status: 'connecting' });
      const end = await this.#attempt();
      this.#isUnreachable = end.isUnreachable === true;
      if (this.#stopped.signal.aborted) return;
      if (end.rejected !== undefined) return onStatus({ status: 'rejected', httpStatus: end.rejected });
      const waitMs = end.immediately ? 0 : this.#backOff(end.retryAfterMs ?? this.#parser.retryMs ?? MIN_RETRY_MS);
      if (waitMs === 0) continue;
      onStatus({ status: 'waiting', retryAtMs: clock.monotonicMs() + waitMs, reason: end.reason });
      this.#waiting = new AbortController();
      await sleep(clock, waitMs, AbortSignal.any([this.#stopped.signal, this.#waiting.signal]));
    }
  }

  /** Ends the wait for the next attempt. */
  retryNow(): void {
    this.#waiting.abort();
  }

  /** Another request was answered: ends the wait for a server that could not be reached, but not one that the server asked for. */
  serverAnswered(): void {
    if (this.#isUnreachable) this.retryNow();
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
      if (response.status === 401 || response.status === 403) return { reason: '', rejected: response.status };
      if (!response.ok || response.body === null) return failureOf(response);
      onStatus({ status: 'live' });
      return await this.#read(response.body, attempt);
    } catch (error) {
      const reason = error instanceof SilenceError ? error.message : 'the server cannot be reached';
      return { reason, isUnreachable: true };
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
    let immediately = false;
    for (;;) {
      const { done, value } = await this.#unlessSilent(reader.read(), attempt);
      if (done) return { reason: 'the server ended the stream', immediately };
      this.#failures = 0;
      for (const message of this.#parser.push(decoder.decode(value, { stream: true }))) {
        // Streams end after an hour, so that a revoked key does not read on; that is not a failure.
        if (message.type === 'stream.closed' && message.data.includes('"lifetime"')) immediately = true;
        this.#options.onMessage(message);
      }
    }
  }

  async #unlessSilent<T>(work: Promise<T>, attempt: AbortController): Promise<T> {
    const { promise: silence, reject } = Promise.withResolvers<never>();
    using _ = this.#options.clock.setTimer(SILENCE_MS, () => {
      attempt.abort();
      reject(new SilenceError('the server is silent'));
    });
    return await Promise.race([work, silence]);
  }

  /** Doubles with each failure in a row, up to half a minute, with up to a quarter of jitter. */
  #backOff(baseMs: number): number {
    const { random = Math.random } = this.#options;
    const waitMs = Math.min(MAX_RETRY_MS, Math.max(MIN_RETRY_MS, baseMs) * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 10);
    return Math.round(waitMs * (1 - random() / 4));
  }
}

interface StreamEnd {
  readonly reason: string;
  /** HTTP status that makes another attempt pointless. */
  readonly rejected?: number;
  /** To be opened again without a delay. */
  readonly immediately?: boolean;
  readonly retryAfterMs?: number | undefined;
  readonly isUnreachable?: true;
}

class SilenceError extends Error {}

function failureOf(response: Response): StreamEnd {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return {
    reason:
      response.status === 429
        ? 'too many event streams are open with this key'
        : `the server responded with ${response.status}`,
    retryAfterMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined,
  };
}
