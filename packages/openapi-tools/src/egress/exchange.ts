import type { Dispatcher } from 'undici';

/** What came back for one request. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
  /** Whether the response went on behind the last byte that was read. */
  readonly cut: boolean;
}

export interface ReadOptions {
  readonly signal: AbortSignal;
  /** Bytes of a response that are read; the connection of a longer one is closed. */
  readonly maxBytes: number;
}

const FIRST_FINAL_STATUS = 200;
/** Never has content, whatever length is announced. */
const NO_CONTENT = 204;
const NOTHING = Buffer.alloc(0);

/**
 * One request and its whole answer, without a stream between them: a body that has arrived needs none.
 * @throws what the connection fails with, or the reason of the signal
 */
export function exchange(
  dispatcher: Pick<Dispatcher, 'dispatch'>,
  request: Dispatcher.DispatchOptions,
  options: ReadOptions,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    dispatcher.dispatch(request, new AnswerReader(options, resolve, reject));
  });
}

class AnswerReader implements Dispatcher.DispatchHandler {
  readonly #signal: AbortSignal;
  readonly #maxBytes: number;
  readonly #resolve: (answer: Answer) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #length = 0;
  #status = 0;
  #headers: Answer['headers'] = {};
  #settled = false;

  constructor({ signal, maxBytes }: ReadOptions, resolve: (answer: Answer) => void, reject: (reason: unknown) => void) {
    this.#signal = signal;
    this.#maxBytes = maxBytes;
    this.#resolve = resolve;
    this.#reject = reject;
    signal.addEventListener('abort', this.#abort, { once: true });
    // A request that has to wait for a connection is not sent any more when its turn comes.
    if (signal.aborted) this.#abort();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#settled) controller.abort(reasonOf(this.#signal));
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Answer['headers']): void {
    if (status < FIRST_FINAL_STATUS) return;
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const space = this.#maxBytes - this.#length;
    this.#chunks.push(chunk.length > space ? chunk.subarray(0, space) : chunk);
    this.#length += Math.min(chunk.length, space);
    if (chunk.length <= space) return;
    this.#answer(true);
    controller.abort(new Error('The rest of the response is not read.'));
  }

  onResponseEnd(): void {
    this.#answer(false);
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    if (this.#status === NO_CONTENT) this.#answer(false);
    else this.#fail(error);
  }

  readonly #abort = (): void => {
    const reason = reasonOf(this.#signal);
    this.#fail(reason);
    this.#controller?.abort(reason);
  };

  #answer(cut: boolean): void {
    if (this.#settled) return;
    this.#settle();
    const [only = NOTHING, ...more] = this.#chunks;
    const body = more.length === 0 ? only : Buffer.concat(this.#chunks, this.#length);
    this.#resolve({ status: this.#status, headers: this.#headers, body, cut });
  }

  #fail(error: unknown): void {
    if (this.#settled) return;
    this.#settle();
    this.#reject(error);
  }

  #settle(): void {
    this.#settled = true;
    this.#signal.removeEventListener('abort', this.#abort);
  }
}

function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error('The request was cancelled.', { cause: reason });
}
