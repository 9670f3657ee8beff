import { systemClock, type Clock } from '../../foundation/clock.ts';
import type { Logger } from '../../observability/log/logger.ts';
import type { MessageError } from './protocol/parse-message.ts';

export interface InvalidLinesOptions {
  readonly logger: Pick<Logger, 'warn'>;
  /** @default the system clock */
  readonly clock?: Pick<Clock, 'monotonicMs'>;
}

/** At most one log line in this time, however many invalid lines a client sends. */
const LOG_INTERVAL_MS = 1000;

/** Counts the lines on stdin that are not valid messages, and logs why. */
export class InvalidLines {
  readonly #logger: InvalidLinesOptions['logger'];
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  #total = 0;
  #suppressed = 0;
  #nextLogMs = -Infinity;

  constructor({ logger, clock = systemClock }: InvalidLinesOptions) {
    this.#logger = logger;
    this.#clock = clock;
  }

  get total(): number {
    return this.#total;
  }

  /** The log gets the reason; never text of the client. */
  record({ code, message }: MessageError): void {
    this.#total += 1;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs < this.#nextLogMs) return void (this.#suppressed += 1);
    this.#nextLogMs = nowMs + LOG_INTERVAL_MS;
    this.#logger.warn({ code, reason: message, suppressed: this.#suppressed }, 'stdio.invalid_message');
    this.#suppressed = 0;
  }
}
