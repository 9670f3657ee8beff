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
}

const SERVER_ERROR = 500;

export class ApiCounter {
  #counts: ApiCounts = { requests: 0, failed: 0, serverErrors: 0, failedInARow: 0, bytesRead: 0, waitedMs: 0 };

  get counts(): ApiCounts {
    return this.#counts;
  }

  answered(status: number, bytes: number, waitedMs: number): void {
    const { requests, failed, serverErrors, bytesRead, waitedMs: before } = this.#counts;
    this.#counts = {
      requests: requests + 1,
      failed,
      serverErrors: serverErrors + (status >= SERVER_ERROR ? 1 : 0),
      failedInARow: 0,
      bytesRead: bytesRead + bytes,
      waitedMs: before + waitedMs,
    };
  }

  unanswered(isGivenUp: boolean, waitedMs: number): void {
    const counts = this.#counts;
    const failed = isGivenUp ? 0 : 1;
    this.#counts = {
      ...counts,
      requests: counts.requests + 1,
      failed: counts.failed + failed,
      failedInARow: counts.failedInARow + failed,
      waitedMs: counts.waitedMs + waitedMs,
    };
  }
}
