import type { ServerResponse } from 'node:http';

import { reject, type Rejection } from '../../../foundation/problem-details.ts';

const RETRY_MS = 1_000;

/**
 * Limits the requests in progress of one caller to three quarters of `server.maxConnections`, so that streams and long
 * calls of one credential cannot hold every connection.
 */
export class CallerShare {
  readonly #maxConnections: () => number;
  readonly #inProgress = new Map<string, number>();

  constructor(maxConnections: () => number) {
    this.#maxConnections = maxConnections;
  }

  /** Counts a request until its response closes. @returns the rejection to send when the caller has too many */
  enter(caller: string, outgoing: Pick<ServerResponse, 'on'>): Rejection | undefined {
    const count = this.#inProgress.get(caller) ?? 0;
    const max = Math.max(1, Math.floor(this.#maxConnections() * 0.75));
    if (count >= max) {
      return reject(
        429,
        'too_many_requests_in_progress',
        `This caller has ${count} requests in progress, the maximum.`,
        {
          suggestion: 'Close streams that are not needed, or wait for calls to end.',
          retryAfterMs: RETRY_MS,
        },
      );
    }
    this.#inProgress.set(caller, count + 1);
    outgoing.on('close', () => this.#leave(caller));
    return undefined;
  }

  #leave(caller: string): void {
    const count = (this.#inProgress.get(caller) ?? 0) - 1;
    if (count > 0) this.#inProgress.set(caller, count);
    else this.#inProgress.delete(caller);
  }
}
