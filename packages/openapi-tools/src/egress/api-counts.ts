import { systemClock, type Clock } from '../clock.ts';

/** What the requests to one API came to, since its client was made. */
export interface ApiCounts {
  /** Requests that were sent, those that were repeated included. */
  readonly requests: number;
  /** Requests without an answer: no connection, or one that broke. A caller who gave up is none. */
  readonly failed: number;
  /** Answers of 500 and above. */
  readonly serverErrors: number;
  /** Requests without an answer since the last one that had one. */
  readonly failedInARow: number;
  /** Bodies of answers, as they were read. */
  readonly bytesRead: number;
  /** Time from sending a request to the end of its answer, summed. */
  readonly waitedMs: number;
  /** The last request that failed for a reason that is not in the request; null while there was none. */
  readonly lastFailure: ApiFailure | null;
}

export interface ApiFailure {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** A few words. */
  readonly reason: string;
}

const SERVER_ERROR = 500;
/** The credential is the server's, and so is the rate at which it sends. */
const FAULTS_OF_THE_SERVER: ReadonlySet<number> = new Set([401, 429]);

export class ApiCounter {
  readonly #clock: Clock;
  #counts: ApiCounts = {
    requests: 0,
    failed: 0,
    serverErrors: 0,
    failedInARow: 0,
    bytesRead: 0,
    waitedMs: 0,
    lastFailure: null,
  };

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  get counts(): ApiCounts {
    return this.#counts;
  }

  answered(status: number, bytes: number, waitedMs: number): void {
    const { requests, failed, serverErrors, bytesRead, waitedMs: before, lastFailure } = this.#counts;
    const isFailure = status >= SERVER_ERROR || FAULTS_OF_THE_SERVER.has(status);
    this.#counts = {
      requests: requests + 1,
      failed,
      serverErrors: serverErrors + (status >= SERVER_ERROR ? 1 : 0),
      failedInARow: 0,
      bytesRead: bytesRead + bytes,
      waitedMs: before + waitedMs,
      lastFailure: isFailure ? this.#failure(`HTTP ${status}`) : lastFailure,
    };
  }

  /** @param reason undefined where the caller gave up */
  unanswered(reason: string | undefined, waitedMs: number): void {
    const counts = this.#counts;
    const failed = reason === undefined ? 0 : 1;
    this.#counts = {
      ...counts,
      requests: counts.requests + 1,
      failed: counts.failed + failed,
      failedInARow: counts.failedInARow + failed,
      waitedMs: counts.waitedMs + waitedMs,
      lastFailure: reason === undefined ? counts.lastFailure : this.#failure(reason),
    };
  }

  #failure(reason: string): ApiFailure {
    return { at: this.#clock.epochMs(), reason };
  }
}
