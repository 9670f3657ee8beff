import { systemClock, type Clock } from '../../../foundation/clock.ts';
import type { Logger } from '../../../observability/log/logger.ts';
import type { Rejection } from '../../../foundation/problem-details.ts';
import { WindowLimit } from './window-limit.ts';

export interface RejectionLogOptions {
  readonly logger: Pick<Logger, 'info'>;
  /** Lines per window; further rejections are counted, and the next line has their number. @default 10 */
  readonly linesPerWindow?: number;
  /** @default 10000 */
  readonly windowMs?: number;
  /** @default systemClock */
  readonly clock?: Pick<Clock, 'monotonicMs'>;
}

/** Logs rejected requests, with a rate limit so that a flood of them cannot fill the log. */
export class RejectionLog {
  readonly #logger: Pick<Logger, 'info'>;
  readonly #lines: WindowLimit;

  constructor({ logger, linesPerWindow = 10, windowMs = 10_000, clock = systemClock }: RejectionLogOptions) {
    this.#logger = logger;
    this.#lines = new WindowLimit({ max: linesPerWindow, windowMs, clock });
  }

  /** The request target and headers are not logged: an unauthenticated client chose them. */
  record(
    { method, socket }: { method?: string | undefined; socket: { remoteAddress?: string | undefined } },
    rejection: Rejection,
  ): void {
    const suppressed = this.#lines.take();
    if (suppressed === undefined) return;
    const { status, problem, reason } = rejection;
    this.#logger.info(
      {
        status,
        problem: problem.type,
        ...(reason !== undefined && { reason }),
        method,
        address: socket.remoteAddress,
        ...(suppressed > 0 && { suppressed }),
      },
      'http.rejected',
    );
  }
}
