/**
 * JSON messages as lines on a pair of streams. Reads a chunk in one piece, however many lines it holds, and writes what one
 * turn of the event loop brought in one piece. Whoever does not read is not read from: nothing piles up in between.
 */
import type { Readable, Writable } from 'node:stream';

export interface StdioStreams {
  readonly input: Readable;
  readonly output: Writable;
}

export interface StdioLinesOptions extends StdioStreams {
  /** The most bytes a line may have. @default 10 MiB */
  readonly maxLineBytes?: number;
  /** A line that is JSON. Others are passed over, as the SDK does. */
  readonly onValue: (value: unknown) => void;
  readonly onError: (error: Error) => void;
  /** Nothing can be written any more, or a line was too long. Not told of the end of the input: answers may still be due. */
  readonly onBroken: () => void;
}

/** The SDK's own bound. */
const DEFAULT_MAX_LINE_BYTES = 10 * 1024 * 1024;
const NEWLINE = 10;
const none: Buffer = Buffer.alloc(0);

/** Ends the connection. */
export class LineTooLongError extends Error {
  override readonly name = 'LineTooLongError';
  readonly maxBytes: number;

  constructor(maxBytes: number) {
    super(`A line was longer than ${maxBytes} bytes; the connection ends here.`);
    this.maxBytes = maxBytes;
  }
}

export class StdioLines {
  readonly #options: StdioLinesOptions;
  readonly #maxLineBytes: number;
  /** The beginning of a line whose end has not come yet: the first `#heldBytes` of it. Grows by doubling. */
  #held: Buffer = none;
  #heldBytes = 0;
  #unwritten = '';
  #flushing = false;
  #full: PromiseWithResolvers<void> | undefined;
  #closed = false;

  constructor(options: StdioLinesOptions) {
    this.#options = options;
    this.#maxLineBytes = options.maxLineBytes ?? DEFAULT_MAX_LINE_BYTES;
  }

  start(): void {
    const { input, output, onError } = this.#options;
    input.on('data', this.#read);
    input.on('error', onError);
    // Stays for good: a write under way can fail after the end, and nobody else would hear of it.
    output.on('error', this.#onOutputError);
    output.on('drain', this.#onDrain);
  }

  /** @param message without a line break. Goes out at the end of this turn of the event loop. */
  write(message: string): void {
    if (this.#closed) return;
    this.#unwritten += `${message}\n`;
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(this.#flush);
  }

  /** Resolves when the other side has taken enough of what was written to be sent more. */
  get writable(): Promise<void> {
    return this.#full?.promise ?? Promise.resolve();
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Writes what is left and reads no more. The streams themselves stay as they are. */
  close(): void {
    if (this.#closed) return;
    this.#flush();
    this.#closed = true;
    const { input } = this.#options;
    input.off('data', this.#read);
    input.pause();
    this.#letGo();
  }

  readonly #read = (chunk: Buffer): void => {
    const lastEnd = chunk.lastIndexOf(NEWLINE);
    if (this.#bringsTooLong(chunk, lastEnd)) return this.#tooLong();
    if (lastEnd >= 0) {
      // No byte of a longer UTF-8 character is a line break, so whole lines are whole characters.
      const ended = chunk.subarray(0, lastEnd);
      const text = (this.#heldBytes === 0 ? ended : Buffer.concat([this.#release(), ended])).toString();
      let start = 0;
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
        this.#take(text.slice(start, end));
        start = end + 1;
      }
      this.#take(start === 0 ? text : text.slice(start));
    }
    if (lastEnd + 1 < chunk.length) this.#hold(chunk.subarray(lastEnd + 1));
  };

  /** Of the line that ends here and the one that begins here; those in between are as short as a chunk. */
  #bringsTooLong(chunk: Buffer, lastEnd: number): boolean {
    const begun = chunk.length - (lastEnd + 1);
    if (lastEnd < 0) return this.#heldBytes + begun > this.#maxLineBytes;
    return begun > this.#maxLineBytes || this.#heldBytes + chunk.indexOf(NEWLINE) > this.#maxLineBytes;
  }

  #take(line: string): void {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      return;
    }
    if (!this.#closed) this.#options.onValue(value);
  }

  #hold(bytes: Buffer): void {
    const length = this.#heldBytes + bytes.length;
    if (length > this.#held.length) {
      const grown = Buffer.allocUnsafe(Math.max(length, 2 * this.#held.length));
      this.#held.copy(grown, 0, 0, this.#heldBytes);
      this.#held = grown;
    }
    bytes.copy(this.#held, this.#heldBytes);
    this.#heldBytes = length;
  }

  #release(): Buffer {
    const held = this.#held.subarray(0, this.#heldBytes);
    this.#held = none;
    this.#heldBytes = 0;
    return held;
  }

  #tooLong(): void {
    const { input, onError, onBroken } = this.#options;
    this.#release();
    onError(new LineTooLongError(this.#maxLineBytes));
    this.close();
    // What comes next is the middle of a message. The end of stdin is also what ends the server.
    input.destroy();
    onBroken();
  }

  readonly #flush = (): void => {
    this.#flushing = false;
    const text = this.#unwritten;
    if (text === '' || this.#closed) return;
    this.#unwritten = '';
    const { input, output } = this.#options;
    // ASCII is the same in both, and node writes it in one copy.
    const encoding = Buffer.byteLength(text) === text.length ? 'latin1' : 'utf8';
    if (output.write(text, encoding) || this.#full) return;
    this.#full = Promise.withResolvers();
    input.pause();
  };

  readonly #onDrain = (): void => {
    if (!this.#closed && this.#full) this.#options.input.resume();
    this.#letGo();
  };

  #letGo(): void {
    this.#full?.resolve();
    this.#full = undefined;
  }

  readonly #onOutputError = (error: Error): void => {
    if (this.#closed) return;
    this.#options.onError(error);
    this.#unwritten = '';
    this.close();
    this.#options.onBroken();
  };
}
