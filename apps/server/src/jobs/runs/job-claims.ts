import type { Clock } from '../../foundation/clock.ts';
import type { JobRecord } from '../record/job-record.ts';
import type { JobStore, Lease } from '../stores/job-store.ts';

export interface JobClaimsOptions {
  readonly store: Pick<JobStore, 'claim' | 'renew' | 'get'>;
  readonly lease: Lease;
  /** Tools without a free slot. */
  readonly busyTools: () => readonly string[];
  /** Whether a run of the job was begun here. */
  readonly isRunning: (id: string) => boolean;
  readonly clock: Pick<Clock, 'monotonicMs'>;
}

/** Takes queued jobs, each once, also where the answer to a claim is lost or late. */
export class JobClaims {
  readonly #options: JobClaimsOptions;
  /** A claim may have been taken whose answer was lost. Nobody else can start that job, and its lease is renewed. */
  #mayHoldUnstarted = false;

  constructor(options: JobClaimsOptions) {
    this.#options = options;
  }

  mayHoldUnstarted(): void {
    this.#mayHoldUnstarted = true;
  }

  async next(): Promise<JobRecord | undefined> {
    const { store, lease, busyTools, clock } = this.#options;
    for (;;) {
      const askedMs = clock.monotonicMs();
      let job = this.#mayHoldUnstarted ? await this.#heldUnstarted() : undefined;
      this.#mayHoldUnstarted = job !== undefined;
      try {
        job ??= await store.claim(lease, busyTools());
      } catch (error) {
        this.#mayHoldUnstarted = true;
        throw error;
      }
      if (clock.monotonicMs() - askedMs < lease.leaseMs) return job;
      // This process was stopped meanwhile, and the job may be another's by now.
      this.#mayHoldUnstarted = true;
    }
  }

  async #heldUnstarted(): Promise<JobRecord | undefined> {
    const { store, lease, isRunning } = this.#options;
    for (const { id, fence } of await store.renew(lease)) {
      if (isRunning(id)) continue;
      const job = await store.get(id);
      // A run that has ended meanwhile holds it no more.
      if (job?.owner === lease.owner && job.fence === fence) return job;
    }
    return undefined;
  }
}
