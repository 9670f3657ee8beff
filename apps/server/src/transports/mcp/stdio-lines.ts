/**
 * Lines on a pair of streams. A chunk is read in one piece, however many lines it holds; the lines of one event-loop
 * iteration are written in one piece. Applies backpressure: while the output is not read, the input is not read either.
 */
import { isUtf8 } from 'node:buffer';
import type { Readable, Writable } from 'node:stream';

export interface StdioStreams {
  readonly input: Readable;
  readonly output: Writable;
}

export interface StdioLinesOptions extends StdioStreams {
  /** Maximum length of a line. @default 10 MiB */
  readonly maxLineBytes?: number;
  /** Called with each line, without its line ending (LF, CR or both); blank lines included. */
  readonly onLine: (line: string) => void;
  /** A line was not UTF-8; it is skipped, since decoding would change it. */
  readonly onNotUtf8: () => void;
  /** A line was longer than `maxLineBytes`; it is skipped. */
  readonly onTooLong: (maxLineBytes: number) => void;
  readonly onError: (error: Error) => void;
  /** Nothing can be written any more. Not called at the end of the input: responses may still be due. */
  readonly onBroken: () => void;
}

/** As in the SDK. */
const DEFAULT_MAX_LINE_BYTES = 10 * 1024 * 1024;
const LF = 10;
const CR = 13;
const EMPTY: Buffer = Buffer.alloc(0);

export class StdioLines {
  readonly #options: StdioLinesOptions;
  readonly #maxLineBytes: number;
  /** The first `#partialBytes` are the beginning of a line that has not ended yet. Grows by doubling. */
  #partial: Buffer = EMPTY;
  #partialBytes = 0;
  /** The rest of a line that is too long is being discarded. */
  #skipping = false;
  #unwritten = '';
  #flushing = false;
  #full: PromiseWithResolvers<void> | undefined;
  #paused = false;
  #closed = false;

  constructor(options: StdioLinesOptions) {
    this.#options = options;
    this.#maxLineBytes = options.maxLineBytes ?? DEFAULT_MAX_LINE_BYTES;
  }

  start(): void {
    const { input, output, onError } = this.#options;
    input.on('data', this.#read);
    input.on('end', this.#onEnd);
    input.on('error', onError);
    // Never removed: a pending write can fail after the end, and an unhandled error would end the process.
    output.on('error', this.#onOutputError);
    output.on('drain', this.#onDrain);
  }

  /** @param message without a line ending. Written at the end of this event-loop iteration. */
  write(message: string): void {
    if (this.#closed) return;
    this.#unwritten += `${message}\n`;
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(this.#flush);
  }

  /** Reads nothing until {@link resume}; lines of the chunk that is being read still come. */
  pause(): void {
    this.#paused = true;
    this.#options.input.pause();
  }

  resume(): void {
    this.#paused = false;
    if (!this.#closed && !this.#full) this.#options.input.resume();
  }

  /** Resolves when the reader has caught up enough for more to be written. */
  get writable(): Promise<void> {
    return this.#full?.promise ?? Promise.resolve();
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Writes what is left and stops reading. The streams themselves are not closed. */
  close(): void {
    if (this.#closed) return;
    this.#flush();
    this.#closed = true;
    const { input } = this.#options;
    input.off('data', this.#read).off('end', this.#onEnd);
    input.pause();
    this.#resolveWritable();
  }

  readonly #read = (chunk: Buffer): void => {
    const lastCr = chunk.lastIndexOf(CR);
    const lastEnd = Math.max(chunk.lastIndexOf(LF), lastCr);
    if (lastEnd < 0) return this.#hold(chunk);
    // CR and LF are never part of a longer UTF-8 character, so whole lines are whole characters.
    let ended = chunk.subarray(0, lastEnd);
    const firstLength = lastCr < 0 ? ended.indexOf(LF) : ended.findIndex((byte) => byte === LF || byte === CR);
    const firstEnd = firstLength < 0 ? ended.length : firstLength;
    if (this.#skipping || this.#partialBytes + firstEnd > this.#maxLineBytes) {
      this.#discard();
      this.#skipping = false;
      ended = ended.subarray(Math.min(firstEnd + 1, ended.length));
    }
    const bytes = this.#partialBytes === 0 ? ended : Buffer.concat([this.#release(), ended]);
    this.#takeLines(bytes);
    if (lastEnd + 1 < chunk.length) this.#hold(chunk.subarray(lastEnd + 1));
  };

  /** The last line may come without a line ending. */
  readonly #onEnd = (): void => {
    if (this.#partialBytes > 0) this.#takeLines(this.#release());
  };

  #takeLines(bytes: Buffer): void {
    if (isUtf8(bytes)) return this.#takeText(bytes.toString());
    // In latin1 each byte is one character, so the lines can be taken apart.
    for (const line of bytes.toString('latin1').split(/[\r\n]/u)) {
      const lineBytes = Buffer.from(line, 'latin1');
      if (isUtf8(lineBytes)) this.#take(lineBytes.toString());
      else if (!this.#closed) this.#options.onNotUtf8();
    }
  }

  #takeText(text: string): void {
    const lines = text.includes('\r') ? text.replaceAll('\r', '\n') : text;
    let start = 0;
    for (let end = lines.indexOf('\n'); end >= 0; end = lines.indexOf('\n', start)) {
      this.#take(lines.slice(start, end));
      start = end + 1;
    }
    this.#take(start === 0 ? lines : lines.slice(start));
  }

  #take(line: string): void {
    if (!this.#closed) this.#options.onLine(line);
  }

  #hold(bytes: Buffer): void {
    if (this.#skipping) return;
    const length = this.#partialBytes + bytes.length;
    if (length > this.#maxLineBytes) return this.#discard();
    if (length > this.#partial.length) {
      const grown = Buffer.allocUnsafe(Math.max(length, 2 * this.#partial.length));
      this.#partial.copy(grown, 0, 0, this.#partialBytes);
      this.#partial = grown;
    }
    bytes.copy(this.#partial, this.#partialBytes);
    this.#partialBytes = length;
  }

  #release(): Buffer {
    const partial = this.#partial.subarray(0, this.#partialBytes);
    this.#partial = EMPTY;
    this.#partialBytes = 0;
    return partial;
  }

  /** Skips the current line; reported once for each line. */
  #discard(): void {
    this.#release();
    if (this.#skipping) return;
    this.#skipping = true;
    this.#options.onTooLong(this.#maxLineBytes);
  }

  readonly #flush = (): void => {
    this.#flushing = false;
    const text = this.#unwritten;
    if (text === '' || this.#closed) return;
    this.#unwritten = '';
    const { input, output } = this.#options;
    // ASCII is the same in both encodings, and Node writes latin1 in one copy.
    const encoding = Buffer.byteLength(text) === text.length ? 'latin1' : 'utf8';
    if (output.write(text, encoding) || this.#full) return;
    this.#full = Promise.withResolvers();
    input.pause();
  };

  readonly #onDrain = (): void => {
    if (!this.#closed && this.#full && !this.#paused) this.#options.input.resume();
    this.#resolveWritable();
  };

  #resolveWritable(): void {
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
