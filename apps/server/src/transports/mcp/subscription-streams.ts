/**
 * The streams of MCP that stay open beyond one answer (`GET /mcp` of a 2025 session, `subscriptions/listen` of the 2026
 * revision), under the rules of `/events`: a lifetime, an end for readers that do not read, and an end at once when the
 * credential that opened one has changed or gone.
 */
import type { ActiveCredentials } from '../../access/active-credentials.ts';
import type { Principal } from '../../access/principal.ts';
import { systemClock, type Clock } from '../../clock.ts';

export interface SubscriptionStreamsOptions {
  readonly callers: ActiveCredentials;
  /** Milliseconds between two checks of the streams; one that is stalled in both is terminated. @default 15000 */
  readonly checkIntervalMs?: number;
  /** Milliseconds after which a stream is ended; the client opens another. @default 3600000 */
  readonly maxLifetimeMs?: number;
  /** @default systemClock */
  readonly clock?: Clock;
}

/** Bytes buffered ahead of the reader. */
const READ_AHEAD_BYTES = 16 * 1024;

export class SubscriptionStreams implements Disposable {
  readonly #callers: ActiveCredentials;
  readonly #checkIntervalMs: number;
  readonly #maxLifetimeMs: number;
  readonly #clock: Clock;
  readonly #open = new Set<SubscriptionStream>();
  readonly #following: Disposable;
  #timer: Disposable | undefined;

  constructor(options: SubscriptionStreamsOptions) {
    this.#callers = options.callers;
    this.#checkIntervalMs = options.checkIntervalMs ?? 15_000;
    this.#maxLifetimeMs = options.maxLifetimeMs ?? 3_600_000;
    this.#clock = options.clock ?? systemClock;
    this.#following = this.#callers.onChanged(() => this.#endWithdrawn());
  }

  /** Open streams. */
  get size(): number {
    return this.#open.size;
  }

  /** The same answer, held to the rules if it is a stream. */
  hold(response: Response, principal: Principal): Response {
    if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) return response;
    const held = new SubscriptionStream(response.body, principal, this.#clock.monotonicMs(), () => this.#forget(held));
    this.#open.add(held);
    if (this.#timer === undefined) this.#scheduleCheck();
    // The credential may have gone since the request was let in.
    if (!this.#callers.has(principal)) held.terminate();
    return new Response(held.stream, response);
  }

  /** Ends nothing by itself: streams end with the sessions and subscriptions behind them. Leaves no timer. */
  [Symbol.dispose](): void {
    this.#following[Symbol.dispose]();
    this.#stopChecks();
  }

  #endWithdrawn(): void {
    for (const held of this.#open) if (!this.#callers.has(held.principal)) held.terminate();
  }

  #scheduleCheck(): void {
    this.#timer = this.#clock.setTimer(this.#checkIntervalMs, () => {
      this.#scheduleCheck();
      this.#check();
    });
  }

  #stopChecks(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }

  #check(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const held of this.#open) {
      if (held.isStalled() || nowMs - held.openedMs >= this.#maxLifetimeMs) held.terminate();
    }
  }

  #forget(held: SubscriptionStream): void {
    this.#open.delete(held);
    if (this.#open.size === 0) this.#stopChecks();
  }
}

class SubscriptionStream {
  readonly principal: Principal;
  readonly openedMs: number;
  readonly stream: ReadableStream<Uint8Array>;
  readonly #source: ReadableStreamDefaultReader<Uint8Array>;
  readonly #onEnd: () => void;
  // Set before the constructor returns: `start` runs at once.
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #stalled = false;
  #ended = false;

  constructor(source: ReadableStream<Uint8Array>, principal: Principal, openedMs: number, onEnd: () => void) {
    this.principal = principal;
    this.openedMs = openedMs;
    this.#source = source.getReader();
    this.#onEnd = onEnd;
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#pass(),
        cancel: (reason) => this.#end(reason),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: READ_AHEAD_BYTES }),
    );
  }

  /** Whether the reader has consumed nothing since the last call although data is waiting. */
  isStalled(): boolean {
    const before = this.#stalled;
    this.#stalled = (this.#controller.desiredSize ?? 1) <= 0;
    return before && this.#stalled;
  }

  /** Ends both sides: closes the stream if all was read, else breaks the connection. */
  terminate(): void {
    if (this.#ended) return;
    if ((this.#controller.desiredSize ?? 1) > 0) this.#controller.close();
    else this.#controller.error(notRead());
    void this.#end('the stream was ended by the server');
  }

  async #pass(): Promise<void> {
    this.#stalled = false;
    try {
      const { done, value } = await this.#source.read();
      if (this.#ended) return;
      if (!done) return this.#controller.enqueue(value);
      this.#controller.close();
    } catch (error) {
      // The reader receives the error; here the stream has ended.
      if (this.#ended) return;
      this.#controller.error(error);
    }
    this.#ended = true;
    this.#onEnd();
  }

  async #end(reason: unknown): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#onEnd();
    await this.#source.cancel(reason);
  }
}

function notRead(): Error {
  const error = new Error('The reader of a stream did not read; its connection is closed.');
  // The HTTP layer prints what it is given; where this was thrown tells an operator nothing.
  error.stack = error.message;
  return error;
}
