import type { Clock } from '../foundation/clock.ts';
import type { Logger } from '../observability/log/logger.ts';
import type { JobStatistics } from './job-statistics.ts';

/** The store of jobs does not answer. What runs goes on, and what is kept there is not lost. */
export class StoreUnavailableError extends Error {
  constructor(cause: unknown) {
    super('The store of jobs does not answer.', { cause });
    this.name = 'StoreUnavailableError';
  }
}

/** A store that is away fails several times a second. */
const LOG_MS = 10_000;

/** Counts and logs the steps that the store did not take. */
export class StoreFailures {
  readonly #logger: Pick<Logger, 'error'>;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #statistics: JobStatistics;
  #loggedMs = Number.NEGATIVE_INFINITY;

  constructor(logger: Pick<Logger, 'error'>, clock: Pick<Clock, 'monotonicMs'>, statistics: JobStatistics) {
    this.#logger = logger;
    this.#clock = clock;
    this.#statistics = statistics;
  }

  /** For those who have to do something else then. @throws {StoreUnavailableError} */
  async answered<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      this.note(error);
      throw new StoreUnavailableError(error);
    }
  }

  note(error: unknown): void {
    this.#statistics.storeFailures += 1;
    const now = this.#clock.monotonicMs();
    if (now - this.#loggedMs < LOG_MS) return;
    this.#loggedMs = now;
    this.#logger.error({ err: error }, 'job.store_failed');
  }
}
