/**
 * The streams of MCP that stay open beyond one answer (`GET /mcp` of a 2025 session, `subscriptions/listen` of the 2026
 * revision), under the rules of `/events`: a lifetime, an end for readers that do not read, and an end at once when the
 * credential that opened one has changed or gone.
 */
import type { ActiveCredentials } from '../../access/active-credentials.ts';
import type { Principal } from '../../access/principal.ts';
import { systemTicks, type TickSource } from '../../observability/events/tick-source.ts';

export interface SubscriptionStreamsOptions {
  readonly callers: ActiveCredentials;
  /** Milliseconds between two looks at the streams; one that stands still for so long has a slow reader. @default 15000 */
  readonly tickMs?: number;
  /** Milliseconds after which a stream is ended; the client opens another. @default 3600000 */
  readonly maxLifetimeMs?: number;
  /** @default the machine's clock and setInterval */
  readonly time?: TickSource;
}

/** Bytes handed out ahead of the reader. */
const READ_AHEAD_BYTES = 16 * 1024;

export class SubscriptionStreams implements Disposable {
  readonly #callers: ActiveCredentials;
  readonly #tickMs: number;
  readonly #maxLifetimeMs: number;
  readonly #time: TickSource;
  readonly #open = new Set<SubscriptionStream>();
  readonly #following: Disposable;
  #ticks: Disposable | undefined;

  constructor(options: SubscriptionStreamsOptions) {
    this.#callers = options.callers;
    this.#tickMs = options.tickMs ?? 15_000;
    this.#maxLifetimeMs = options.maxLifetimeMs ?? 3_600_000;
    this.#time = options.time ?? systemTicks;
    this.#following = this.#callers.onChanged(() => this.#endWithdrawn());
  }

  /** Open streams. */
  get size(): number {
    return this.#open.size;
  }

  /** The same answer, held to the rules if it is a stream. */
  hold(response: Response, principal: Principal): Response {
    if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) return response;
    const held = new SubscriptionStream(response.body, principal, this.#time.now(), () => this.#forget(held));
    this.#open.add(held);
    this.#ticks ??= this.#time.every(this.#tickMs, () => this.#tick());
    // The credential may have gone since the request was let in.
    if (!this.#callers.has(principal)) held.cut();
    return new Response(held.stream, response);
  }

  /** Ends nothing by itself: streams end with the sessions and subscriptions behind them. Leaves no timer. */
  [Symbol.dispose](): void {
    this.#following[Symbol.dispose]();
    this.#ticks?.[Symbol.dispose]();
    this.#ticks = undefined;
  }

  #endWithdrawn(): void {
    for (const held of this.#open) if (!this.#callers.has(held.principal)) held.cut();
  }

  #tick(): void {
    const now = this.#time.now();
    for (const held of this.#open) {
      if (held.standsStill() || now - held.openedAt >= this.#maxLifetimeMs) held.cut();
    }
  }

  #forget(held: SubscriptionStream): void {
    this.#open.delete(held);
    if (this.#open.size > 0) return;
    this.#ticks?.[Symbol.dispose]();
    this.#ticks = undefined;
  }
}

class SubscriptionStream {
  readonly principal: Principal;
  readonly openedAt: number;
  readonly stream: ReadableStream<Uint8Array>;
  readonly #source: ReadableStreamDefaultReader<Uint8Array>;
  readonly #onEnd: () => void;
  // Set before the constructor returns: `start` runs at once.
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #stoodStill = false;
  #ended = false;

  constructor(source: ReadableStream<Uint8Array>, principal: Principal, openedAt: number, onEnd: () => void) {
    this.principal = principal;
    this.openedAt = openedAt;
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

  /** True when the reader has taken nothing since the last time this was asked, though something waits for it. */
  standsStill(): boolean {
    const before = this.#stoodStill;
    this.#stoodStill = (this.#controller.desiredSize ?? 1) <= 0;
    return before && this.#stoodStill;
  }

  /** Ends both sides: in order where all was read, else by breaking the connection. */
  cut(): void {
    if (this.#ended) return;
    if ((this.#controller.desiredSize ?? 1) > 0) this.#controller.close();
    else this.#controller.error(notRead());
    void this.#end('the stream was ended by the server');
  }

  async #pass(): Promise<void> {
    this.#stoodStill = false;
    try {
      const { done, value } = await this.#source.read();
      if (this.#ended) return;
      if (!done) return this.#controller.enqueue(value);
      this.#controller.close();
    } catch (error) {
      // The reader is told; here it is over, like any other end.
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
