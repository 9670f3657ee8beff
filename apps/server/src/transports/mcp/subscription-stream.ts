import type { Principal } from '../../access/principal.ts';

/** Bytes buffered ahead of the reader. */
const READ_AHEAD_BYTES = 16 * 1024;
/** The first bytes, at once: there are proxies that pass on no header before, so that clients would wait for the first event. */
const OPENED = Buffer.from(': open\n\n');

/** One open stream: what is written to the source is passed on, until either side or the server ends it. */
export class SubscriptionStream {
  readonly principal: Principal;
  readonly readable: ReadableStream<Uint8Array>;
  readonly #source: ReadableStreamDefaultReader<Uint8Array>;
  readonly #onEnd: () => void;
  // Set before the constructor returns: `start` runs at once.
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #stalled = false;
  #ended = false;

  /** @param onEnd called once */
  constructor(source: ReadableStream<Uint8Array>, principal: Principal, onEnd: () => void) {
    this.principal = principal;
    this.#source = source.getReader();
    this.#onEnd = onEnd;
    this.readable = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
          controller.enqueue(OPENED);
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
  const error = new Error('The client did not read its stream; the connection is closed.');
  // The HTTP layer logs the stack, and this one would tell an operator nothing.
  error.stack = error.message;
  return error;
}
