import type { Progress } from '@mcp/tool-base';

import { terminalText } from './terminal-text.ts';

/** The part of a terminal stream that is needed here. */
export interface TerminalStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const BAR_WIDTH = 20;
const ERASE_LINE = '\r\u001b[K';

/** One line that shows the last progress of a call and is erased at its end. Without a terminal nothing is written. */
export class ProgressLine implements Disposable {
  readonly #stream: TerminalStream;
  #isShown = false;

  constructor(stream: TerminalStream) {
    this.#stream = stream;
  }

  update(progress: Progress): void {
    if (this.#stream.isTTY !== true) return;
    const line = progressText(progress).slice(0, (this.#stream.columns || 80) - 1);
    this.#stream.write(`${ERASE_LINE}${line}`);
    this.#isShown = true;
  }

  [Symbol.dispose](): void {
    if (this.#isShown) this.#stream.write(ERASE_LINE);
    this.#isShown = false;
  }
}

/** A bar where the total is known, else the count. @internal */
export function progressText({ progress, total, message = '' }: Progress): string {
  const text = terminalText(message).replaceAll(/\s+/gu, ' ').trim();
  if (total === undefined || total <= 0) return text === '' ? `${progress}` : text;
  const share = Math.min(1, Math.max(0, progress / total));
  const filled = Math.round(share * BAR_WIDTH);
  const bar = `[${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}] ${String(Math.floor(share * 100)).padStart(3)} %`;
  return text === '' ? bar : `${bar}  ${text}`;
}
