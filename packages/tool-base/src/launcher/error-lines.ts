/** What a program writes to stderr, as a bounded number of short lines for a log. */

import type { Clock } from '../clock.ts';
import { sanitizeText } from '../result/sanitize-text.ts';
import { LineReader } from './line-reader.ts';

/** Bytes of a line. */
const MAX_LINE = 1024;
const MAX_LINES = 100;
const WINDOW_MS = 10_000;
const LINE_FEED = 10;

export interface ErrorLinesOptions {
  readonly clock: Clock;
  readonly withoutSecrets: (line: Buffer, isCut: boolean) => Buffer;
  readonly onLine: (line: string) => void;
}

export class ErrorLines {
  readonly #options: ErrorLinesOptions;
  #reader: LineReader;
  /** The rest of a line is dropped of which the beginning was. */
  #isWithinDropped = false;
  #windowEndsMs = -Infinity;
  #lines = 0;
  #leftOut = 0;

  constructor(options: ErrorLinesOptions) {
    this.#options = options;
    this.#reader = this.#newReader();
  }

  /** Beyond the bound lines are only counted, so that a flood does not hold up the program that writes it. */
  push(chunk: Buffer): void {
    if (this.#lines >= MAX_LINES && this.#options.clock.monotonicMs() < this.#windowEndsMs) {
      this.#drop(chunk);
      return;
    }
    const rest = this.#isWithinDropped ? chunk.subarray(endOfLine(chunk)) : chunk;
    if (rest.length === 0) return;
    this.#isWithinDropped = false;
    this.#reader.push(rest);
  }

  end(): void {
    this.#reader.end();
    this.#tellLeftOut();
  }

  #newReader(): LineReader {
    return new LineReader({ maxBytes: MAX_LINE, onLine: (line, isCut) => this.#take(line, isCut) });
  }

  #drop(chunk: Buffer): void {
    for (const byte of chunk) if (byte === LINE_FEED) this.#leftOut += 1;
    // What it holds of an unfinished line is dropped with the rest of the line.
    this.#reader = this.#newReader();
    this.#isWithinDropped = chunk.at(-1) !== LINE_FEED;
  }

  #take(line: Buffer, isCut: boolean): void {
    const { clock, onLine, withoutSecrets } = this.#options;
    const nowMs = clock.monotonicMs();
    if (nowMs >= this.#windowEndsMs) {
      this.#tellLeftOut();
      this.#windowEndsMs = nowMs + WINDOW_MS;
      this.#lines = 0;
    }
    if (this.#lines >= MAX_LINES) {
      this.#leftOut += 1;
      return;
    }
    const text = sanitizeText(withoutSecrets(line, isCut).toString()).text.replaceAll(/\s+/g, ' ').trim();
    if (text === '') return;
    this.#lines += 1;
    onLine(isCut ? `${text} [...]` : text);
  }

  #tellLeftOut(): void {
    if (this.#leftOut > 0) this.#options.onLine(`[${this.#leftOut} lines left out]`);
    this.#leftOut = 0;
  }
}

/** Where the next line begins; the length of the chunk when none does. */
function endOfLine(chunk: Buffer): number {
  const at = chunk.indexOf(LINE_FEED);
  return at === -1 ? chunk.length : at + 1;
}
