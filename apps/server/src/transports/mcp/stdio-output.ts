/**
 * Lines for an output that may not be read: those of one event-loop iteration are written in one piece, and what the output does not
 * want yet waits here, where it is held once and counted. An output that is not read at all for long is given up.
 */
import type { Writable } from 'node:stream';

import { systemClock, type Clock } from '../../foundation/clock.ts';
import { WriteDeadline } from '../../foundation/write-deadline.ts';

export interface StdioOutputOptions {
  readonly output: Writable;
  /** How long the output may be full without being read. @default two minutes: a client may be stopped in a debugger */
  readonly unreadMs?: number;
  /** @default the system clock */
  readonly clock?: Clock;
  readonly onError: (error: Error) => void;
  /** The output is given up, since it was not read for so long. */
  readonly onUnread?: ((unreadMs: number) => void) | undefined;
  /** Nothing can be written any more. */
  readonly onBroken: () => void;
}

const DEFAULT_UNREAD_MS = 120_000;
/** Written at once, and waiting before the output counts as full. */
const MAX_PIECE = 256 * 1024;

export class StdioOutput {
  readonly #options: StdioOutputOptions;
  /** Called when the output is no longer full. */
  readonly #onSpace: () => void;
  #unwritten = '';
  /** Come before `#unwritten`. */
  #pieces: string[] = [];
  #flushing = false;
  /** The output has more than it wants, until its next `drain`. */
  #full: PromiseWithResolvers<void> | undefined;
  #deadline: Disposable | undefined;
  #closed = false;

  constructor(options: StdioOutputOptions, onSpace: () => void) {
    this.#options = options;
    this.#onSpace = onSpace;
  }

  start(): void {
    const { output } = this.#options;
    // Never removed: a pending write can fail after the end, and an unhandled error would end the process.
    output.on('error', this.#onError);
    output.on('drain', this.#onDrain);
  }

  /** @param message without a line ending. Written at the end of this event-loop iteration. */
  write(message: string): void {
    if (this.#closed) return;
    this.#unwritten += `${message}\n`;
    if (this.#unwritten.length >= MAX_PIECE) {
      this.#pieces.push(this.#unwritten);
      this.#unwritten = '';
    }
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(this.#flush);
  }

  /** The reader has not caught up: nothing should be begun that is answered. */
  get isFull(): boolean {
    return this.#full !== undefined || this.#pieces.length > 0;
  }

  /** Everything that was written has been read, or is on its way in a pipe. */
  get isRead(): boolean {
    return this.#unwritten === '' && !this.isFull;
  }

  /** Resolves when the reader has caught up enough for more to be written. */
  get writable(): Promise<void> {
    return this.#full?.promise ?? Promise.resolve();
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Writes what is left. The stream itself is not closed. */
  close(): void {
    if (this.#closed) return;
    for (let piece = this.#nextPiece(); piece !== ''; piece = this.#nextPiece()) this.#put(piece);
    this.#end();
  }

  readonly #flush = (): void => {
    this.#flushing = false;
    if (this.#closed) return;
    while (this.#full === undefined) {
      const piece = this.#nextPiece();
      if (piece === '') return this.#onSpace();
      if (!this.#put(piece)) this.#wait();
    }
  };

  #nextPiece(): string {
    const piece = this.#pieces.shift();
    if (piece !== undefined) return piece;
    const text = this.#unwritten;
    this.#unwritten = '';
    return text;
  }

  #put(piece: string): boolean {
    // ASCII is the same in both encodings, and Node writes latin1 in one copy.
    const encoding = Buffer.byteLength(piece) === piece.length ? 'latin1' : 'utf8';
    return this.#options.output.write(piece, encoding);
  }

  #wait(): void {
    this.#full = Promise.withResolvers();
    const { output, clock = systemClock, unreadMs = DEFAULT_UNREAD_MS } = this.#options;
    this.#deadline = new WriteDeadline({
      connections: [{ socket: output, hasUnreadOutput: true }],
      clock,
      timeoutMs: unreadMs,
      close: () => this.#giveUp(unreadMs),
    });
  }

  readonly #onDrain = (): void => {
    this.#noLongerFull();
    this.#flush();
  };

  #noLongerFull(): void {
    this.#deadline?.[Symbol.dispose]();
    this.#full?.resolve();
    this.#full = undefined;
  }

  #giveUp(unreadMs: number): void {
    this.#options.onUnread?.(unreadMs);
    this.#break();
    this.#options.output.destroy();
  }

  readonly #onError = (error: Error): void => {
    if (this.#closed) return;
    this.#options.onError(error);
    this.#break();
  };

  #break(): void {
    this.#end();
    this.#options.onBroken();
  }

  #end(): void {
    this.#closed = true;
    this.#unwritten = '';
    this.#pieces = [];
    this.#noLongerFull();
  }
}
