import type { IncomingMessage } from 'node:http';

import type { Logger } from '../../../observability/log/logger.ts';
import type { Refusal } from '../../../problem-details.ts';

export interface RefusalLogOptions {
  readonly logger: Pick<Logger, 'info'>;
  /** Lines in one window; further refusals are counted and told with the next line. @default 10 */
  readonly linesPerWindow?: number;
  /** @default 10000 */
  readonly windowMs?: number;
  /** Monotonic milliseconds. @default performance.now */
  readonly now?: () => number;
}

/** Tells of requests that were turned away at the door, few enough that a flood of them cannot fill the log. */
export class RefusalLog {
  readonly #logger: Pick<Logger, 'info'>;
  readonly #linesPerWindow: number;
  readonly #windowMs: number;
  readonly #now: () => number;
  #windowEnds = Number.NEGATIVE_INFINITY;
  #lines = 0;
  #untold = 0;

  constructor({ logger, linesPerWindow = 10, windowMs = 10_000, now = () => performance.now() }: RefusalLogOptions) {
    this.#logger = logger;
    this.#linesPerWindow = linesPerWindow;
    this.#windowMs = windowMs;
    this.#now = now;
  }

  /** The request line and headers are the stranger's own words and are left out, but for a method that exists. */
  note(
    { method, socket }: Pick<IncomingMessage, 'method'> & { socket: { remoteAddress?: string | undefined } },
    refusal: Refusal,
  ): void {
    const now = this.#now();
    if (now >= this.#windowEnds) {
      this.#windowEnds = now + this.#windowMs;
      this.#lines = 0;
    }
    if (this.#lines >= this.#linesPerWindow) {
      this.#untold++;
      return;
    }
    this.#lines++;
    const { status, problem } = refusal;
    const untold = this.#untold;
    this.#untold = 0;
    this.#logger.info(
      {
        status,
        problem: problem.type,
        method,
        address: socket.remoteAddress,
        ...(untold > 0 && { untold }),
      },
      'http.refused',
    );
  }
}
