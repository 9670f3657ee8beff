/** What a program writes to stderr, as a bounded number of short lines for a log. */

import type { Clock } from '../clock.ts';
import { sanitizeText } from '../result/sanitize-text.ts';
import { LineReader } from './line-reader.ts';

/** Bytes of a line. */
const MAX_LINE = 1024;
const MAX_LINES = 100;
const WINDOW_MS = 10_000;

export interface ErrorLinesOptions {
  readonly clock: Clock;
  readonly withoutSecrets: (line: Buffer, isCut: boolean) => Buffer;
  readonly onLine: (line: string) => void;
}

export class ErrorLines {
  readonly #options: ErrorLinesOptions;
  readonly #reader: LineReader;
  #windowEndsMs = -Infinity;
  #lines = 0;
  #leftOut = 0;

  constructor(options: ErrorLinesOptions) {
    this.#options = options;
    this.#reader = new LineReader({ maxBytes: MAX_LINE, onLine: (line, isCut) => this.#take(line, isCut) });
  }

  push(chunk: Buffer): void {
    this.#reader.push(chunk);
  }

  end(): void {
    this.#reader.end();
    this.#tellLeftOut();
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
