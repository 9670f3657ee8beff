/** Lines of a running program as progress reports: the first at once, then at most one report in 100 ms with all lines since. */

import { systemClock, type Clock } from '../clock.ts';
import { sanitizeText } from '../result/sanitize-text.ts';
import type { Progress } from '../declare/ports.ts';

const INTERVAL_MS = 100;
const MAX_MESSAGE = 4096;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

const LINE_END = /\r\n|\r|\n/;

/** A carriage return ends a line too; one at the end of the bytes waits, for a line feed may follow. @returns where the last one is */
function lineEnds(bytes: Uint8Array): { readonly count: number; readonly last: number } {
  let [count, last] = [0, -1];
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte !== LINE_FEED && byte !== CARRIAGE_RETURN) continue;
    if (byte === CARRIAGE_RETURN && (at === bytes.length - 1 || bytes[at + 1] === LINE_FEED)) continue;
    count += 1;
    last = at;
  }
  return { count, last };
}

/** The last bytes as text, from a character on. */
function endOf(bytes: Uint8Array): string {
  let from = Math.max(0, bytes.length - MAX_MESSAGE);
  while (from > 0 && from < bytes.length && ((bytes[from] ?? 0) & 0xc0) === 0x80) from += 1;
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(from));
}

export class LiveLines {
  readonly #report: (progress: Progress) => void;
  #partial: Uint8Array = new Uint8Array();
  #lines: string[] = [];
  #count = 0;
  #timer: Disposable | undefined;
  readonly #clock: Clock;

  constructor(report: (progress: Progress) => void, clock: Clock = systemClock) {
    this.#report = report;
    this.#clock = clock;
  }

  write(bytes: Uint8Array): void {
    const all = this.#partial.length === 0 ? bytes : Buffer.concat([this.#partial, bytes]);
    const { count, last } = lineEnds(all);
    // A copy, since the bytes around it are many.
    this.#partial = Buffer.from(all.subarray(Math.max(last + 1, all.length - MAX_MESSAGE)));
    if (count === 0) return;
    this.#count += count;
    // Lines that no report has the space for are counted, and not made: a program may print millions of them.
    const lines = endOf(all.subarray(0, last + 1))
      .split(LINE_END)
      .slice(0, -1);
    this.#lines = [...this.#lines, ...lines].slice(-MAX_MESSAGE / 16);
    if (this.#timer === undefined) {
      this.#flush();
      this.#timer = this.#clock.setTimer(INTERVAL_MS, () => {
        this.#timer = undefined;
        this.#flush();
      });
    }
  }

  end(): void {
    this.#timer?.[Symbol.dispose]();
    if (this.#partial.length > 0) {
      this.#count += 1;
      this.#lines.push(endOf(this.#partial));
    }
    this.#flush();
  }

  #flush(): void {
    if (this.#lines.length === 0) return;
    const message = sanitizeText(this.#lines.join('\n').slice(-MAX_MESSAGE)).text;
    this.#lines = [];
    this.#report({ progress: this.#count, message });
  }
}
