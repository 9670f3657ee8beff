import { repeat, type Clock } from '../../foundation/clock.ts';
import type { JobStore, Lease } from '../stores/job-store.ts';
import type { JobRun } from './job-run.ts';
import type { LeaseGuard } from './lease-guard.ts';

export interface LeaseRenewalOptions {
  readonly store: Pick<JobStore, 'renew' | 'isShared'>;
  readonly lease: Lease;
  readonly runs: () => readonly JobRun[];
  /** Renews where this loop is late. Of a store that others share. */
  readonly guard: LeaseGuard | undefined;
  readonly clock: Clock;
  /** This process holds a job that has no run, as far as can be seen from here. */
  readonly onUnstarted: () => void;
  readonly onError: (error: unknown) => void;
}

/** In a store that others use, a cancellation of theirs is seen within this. */
const SHARED_RENEW_MS = 1000;

/**
 * Extends the leases of all runs of this process in one step, and ends the runs that must not continue: a run whose job is another's, and
 * one whose job is being cancelled.
 */
export class LeaseRenewal {
  readonly #options: LeaseRenewalOptions;
  #timer: Disposable | undefined;
  #renewedMs = 0;

  constructor(options: LeaseRenewalOptions) {
    this.#options = options;
  }

  /** With the first run. */
  start(): void {
    if (this.#timer) return;
    const { clock, lease, store, guard } = this.#options;
    this.#renewedMs = clock.monotonicMs();
    guard?.start();
    const third = Math.floor(lease.leaseMs / 3);
    const everyMs = store.isShared ? Math.min(third, SHARED_RENEW_MS) : third;
    this.#timer = repeat(clock, everyMs, () => void this.renew());
  }

  /** After the last run. */
  stop(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    this.#options.guard?.stop();
  }

  /** Now, where something runs. Never rejects. @returns whether the store has taken it */
  async renew(): Promise<boolean> {
    if (!this.#timer) return true;
    const { store, lease, runs, clock, guard, onUnstarted, onError } = this.#options;
    const before = runs();
    const askedMs = clock.monotonicMs();
    try {
      const held = new Map((await store.renew(lease)).map((job) => [job.id, job]));
      this.#renewedMs = askedMs;
      guard?.renewed();
      for (const run of before) {
        const job = held.get(run.job.id);
        if (job?.fence !== run.job.fence) run.giveUp();
        else if (job.state === 'cancelling') run.abort('cancelled');
      }
      const running = new Set(runs().map(({ job }) => job.id));
      if ([...held.keys()].some((id) => !running.has(id))) onUnstarted();
      return true;
    } catch (error) {
      onError(error);
      // Another server may start it again from now on. Others go on: they are lost at worst, and never started twice.
      if (clock.monotonicMs() - this.#renewedMs < lease.leaseMs) return false;
      for (const run of before) if (run.job.repeatable) run.giveUp();
      return false;
    }
  }
}
