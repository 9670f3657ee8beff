import type { Clock } from '../../foundation/clock.ts';
import type { JobRecord } from '../record/job-record.ts';

export interface ClaimLoopOptions {
  /** The next queued job that may start here. */
  readonly claim: () => Promise<JobRecord | undefined>;
  readonly mayStart: () => boolean;
  readonly onClaimed: (job: JobRecord) => void;
  readonly onError: (error: unknown) => void;
  readonly clock: Pick<Clock, 'setTimer'>;
}

const RETRY_MS = 1000;

/** Claims queued jobs while more may start, one claim at a time. */
export class ClaimLoop {
  readonly #options: ClaimLoopOptions;
  #isClaiming = false;
  #isWoken = false;
  #isStopped = false;
  #retry: Disposable | undefined;

  constructor(options: ClaimLoopOptions) {
    this.#options = options;
  }

  /** A job was queued, or a slot became free. */
  wake(): void {
    this.#isWoken = true;
    if (!this.#isClaiming) void this.#claimAll();
  }

  stop(): void {
    this.#isStopped = true;
    this.#retry?.[Symbol.dispose]();
  }

  async #claimAll(): Promise<void> {
    const { claim, mayStart, onClaimed, onError } = this.#options;
    this.#isClaiming = true;
    try {
      while (this.#isWoken && !this.#isStopped) {
        this.#isWoken = false;
        while (!this.#isStopped && mayStart()) {
          const job = await claim();
          if (!job) break;
          onClaimed(job);
        }
      }
    } catch (error) {
      onError(error);
      this.#wakeLater();
    } finally {
      this.#isClaiming = false;
    }
  }

  #wakeLater(): void {
    this.#retry ??= this.#options.clock.setTimer(RETRY_MS, () => {
      this.#retry = undefined;
      this.wake();
    });
  }
}
