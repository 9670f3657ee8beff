import type { Clock } from '../foundation/clock.ts';
import type { Logger } from '../observability/log/logger.ts';
import type { JobStatistics } from './job-statistics.ts';
import type { JobOrder } from './record/job-record.ts';
import { isCancelledSince } from './record/job-rules.ts';
import type { JobCancellation, JobCreation, JobQuota, JobStore } from './stores/job-store.ts';

/** The store of jobs does not answer. What runs goes on, and what is kept there is not lost. */
export class StoreUnavailableError extends Error {
  /** Whether it is sure that the store did not take the step. */
  readonly isUntouched: boolean;

  constructor(cause: unknown, isUntouched = false) {
    super('The store of jobs does not answer.', { cause });
    this.isUntouched = isUntouched;
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

  /** The store may have made the job, and only its answer was lost. @throws {StoreUnavailableError} */
  async created(store: JobStore, order: JobOrder, quota: JobQuota): Promise<JobCreation> {
    try {
      return await this.answered(() => store.create(order, quota));
    } catch (error) {
      const job = await this.answered(() => store.get(order.id));
      if (!job) throw new StoreUnavailableError(error, true);
      return { kind: 'created', job };
    }
  }

  /** The store may have cancelled the job, and only its answer was lost. @throws {StoreUnavailableError} */
  async cancelled(store: JobStore, id: string, retentionMs: number): Promise<JobCancellation | undefined> {
    const before = await this.answered(() => store.get(id));
    try {
      return await this.answered(() => store.cancel(id, retentionMs));
    } catch (error) {
      const job = await this.answered(() => store.get(id));
      if (!before || !job || !isCancelledSince(job, before)) throw error;
      return { job, isChanged: true };
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
