/** Lines of a running program as progress reports: the first at once, then at most one report in 100 ms with all lines since. */

import { systemClock, type Clock } from '../clock.ts';
import { sanitizeText } from '../result/sanitize-text.ts';
import type { Progress } from '../declare/ports.ts';

const INTERVAL_MS = 100;
const MAX_MESSAGE = 4096;

export class LiveLines {
  readonly #report: (progress: Progress) => void;
  #partial = '';
  #lines: string[] = [];
  #count = 0;
  #timer: Disposable | undefined;
  readonly #clock: Clock;

  constructor(report: (progress: Progress) => void, clock: Clock = systemClock) {
    this.#report = report;
    this.#clock = clock;
  }

  write(text: string): void {
    // A carriage return ends a line too; one at the end of the chunk waits, for a line feed may follow.
    const lines = (this.#partial + text).split(/\r\n|\r(?!$)|\n/);
    this.#partial = (lines.pop() ?? '').slice(-MAX_MESSAGE);
    if (lines.length === 0) return;
    this.#count += lines.length;
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
    if (this.#partial !== '') {
      this.#count += 1;
      this.#lines.push(this.#partial);
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
