import type { JobRecord } from '../record/job-record.ts';

export interface ClaimLoopOptions {
  /** The next queued job that may start here. */
  readonly claim: () => Promise<JobRecord | undefined>;
  readonly mayStart: () => boolean;
  readonly onClaimed: (job: JobRecord) => void;
  readonly onError: (error: unknown) => void;
}

/** Claims queued jobs while more may start, one claim at a time. */
export class ClaimLoop {
  readonly #options: ClaimLoopOptions;
  #isClaiming = false;
  #isWoken = false;
  #isStopped = false;

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
    } finally {
      this.#isClaiming = false;
    }
  }
}
