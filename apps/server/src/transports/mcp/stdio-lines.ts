/**
 * Lines on a pair of streams. A chunk is read in one piece, however many lines it holds. Applies backpressure: while the output
 * is not read, no further line is taken from the input.
 */
import { isUtf8 } from 'node:buffer';
import type { Readable, Writable } from 'node:stream';

import { StdioOutput, type StdioOutputOptions } from './stdio-output.ts';

export interface StdioStreams {
  readonly input: Readable;
  readonly output: Writable;
}

export interface StdioLinesOptions extends StdioStreams, StdioOutputOptions {
  /** Maximum length of a line. @default 10 MiB */
  readonly maxLineBytes?: number;
  /** Asked before each line: whether it has to wait until {@link StdioLines.proceed}. @default never */
  readonly isBusy?: () => boolean;
  /** Called with each line, without its line ending (LF, CR or both); blank lines included. */
  readonly onLine: (line: string) => void;
  /** A line was not UTF-8; it is skipped, since decoding would change it. */
  readonly onNotUtf8: () => void;
  /** A line was longer than `maxLineBytes`; it is skipped. */
  readonly onTooLong: (maxLineBytes: number) => void;
  /** Not called at the end of the input: responses may still be due. */
  readonly onBroken: () => void;
}

/** As in the SDK. */
const DEFAULT_MAX_LINE_BYTES = 10 * 1024 * 1024;
const LF = 10;
const CR = 13;
const EMPTY: Buffer = Buffer.alloc(0);

export class StdioLines {
  readonly #options: StdioLinesOptions;
  readonly #output: StdioOutput;
  readonly #maxLineBytes: number;
  /** The first `#partialBytes` are the beginning of a line that has not ended yet. Grows by doubling. */
  #partial: Buffer = EMPTY;
  #partialBytes = 0;
  /** The rest of a line that is too long is being discarded. */
  #skipping = false;
  /** Until {@link resume}. */
  #paused = false;
  /** The input is not being read. */
  #stopped = false;
  #hasEnded = false;
  #closed = false;

  constructor(options: StdioLinesOptions) {
    this.#options = options;
    this.#maxLineBytes = options.maxLineBytes ?? DEFAULT_MAX_LINE_BYTES;
    const onBroken = (): void => {
      this.close();
      options.onBroken();
    };
    this.#output = new StdioOutput({ ...options, onBroken }, () => this.proceed());
  }

  start(): void {
    const { input, onError } = this.#options;
    input.on('data', this.#read);
    input.on('end', this.#onEnd);
    input.on('error', onError);
    this.#output.start();
  }

  /** @param message without a line ending. Written at the end of this event-loop iteration. */
  write(message: string): void {
    this.#output.write(message);
  }

  /** Takes no line until {@link resume}. */
  pause(): void {
    this.#paused = true;
    this.#stop();
  }

  resume(): void {
    this.#paused = false;
    this.proceed();
  }

  /** Goes on with the input, unless something keeps it from being read. */
  proceed(): void {
    if (this.#closed || this.#mustWait) return;
    if (this.#hasEnded && this.#partialBytes > 0) this.#takeLines(this.#release());
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#options.input.resume();
  }

  /** Resolves when the reader has caught up enough for more to be written. */
  get writable(): Promise<void> {
    return this.#output.writable;
  }

  /** Everything that came has been taken, and everything that was written has been read or is on its way in a pipe. */
  get isIdle(): boolean {
    return this.#output.isRead && !this.#stopped && !(this.#hasEnded && this.#partialBytes > 0);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Writes what is left and stops reading. The streams themselves are not closed. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#output.close();
    const { input } = this.#options;
    input.off('data', this.#read).off('end', this.#onEnd);
    input.pause();
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
    const waiting = this.#takeLines(bytes);
    const next = chunk.subarray(lastEnd + 1);
    if (waiting !== undefined) this.#options.input.unshift(Buffer.concat([waiting, next]));
    else if (next.length > 0) this.#hold(next);
  };

  /** The last line may come without a line ending. */
  readonly #onEnd = (): void => {
    this.#hasEnded = true;
    this.proceed();
  };

  /** @returns lines that have to wait, each with its line end: the input has them until it is read again, and does not end before */
  #takeLines(bytes: Buffer): Buffer | undefined {
    if (isUtf8(bytes)) {
      const waiting = this.#takeText(bytes.toString(), this.#options.onLine);
      return waiting === undefined ? undefined : Buffer.from(waiting);
    }
    // In latin1 each byte is one character, so the lines can be taken apart.
    const waiting = this.#takeText(bytes.toString('latin1'), (line) => {
      const lineBytes = Buffer.from(line, 'latin1');
      if (isUtf8(lineBytes)) this.#options.onLine(lineBytes.toString());
      else this.#options.onNotUtf8();
    });
    return waiting === undefined ? undefined : Buffer.from(waiting, 'latin1');
  }

  #takeText(text: string, take: (line: string) => void): string | undefined {
    const lines = text.includes('\r') ? text.replaceAll('\r', '\n') : text;
    let start = 0;
    for (let end = lines.indexOf('\n'); end >= 0; end = lines.indexOf('\n', start)) {
      if (this.#mustWait) return this.#waiting(lines, start);
      if (!this.#closed) take(lines.slice(start, end));
      start = end + 1;
    }
    if (this.#mustWait) return this.#waiting(lines, start);
    if (!this.#closed) take(start === 0 ? lines : lines.slice(start));
    return undefined;
  }

  #waiting(lines: string, start: number): string {
    this.#stop();
    return `${lines.slice(start)}\n`;
  }

  get #mustWait(): boolean {
    if (this.#closed) return false;
    return this.#paused || this.#output.isFull || this.#options.isBusy?.() === true;
  }

  #stop(): void {
    this.#stopped = true;
    this.#options.input.pause();
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
}
