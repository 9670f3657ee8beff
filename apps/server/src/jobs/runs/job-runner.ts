/**
 * Takes jobs from the queue and runs them, holds their leases, and gives them back at the end:
 *
 *   claim -> run (output to the store, lease renewed) -> finish, or wait for the client
 *
 * Whatever it writes carries the fence of its claim. When the store says that a claim is over, the run is ended and its result
 * goes nowhere.
 */
import type { ReadHint } from '@mcp/tool-base';

import type { Clock } from '../../foundation/clock.ts';
import { waitAtMost } from '../../foundation/wait-at-most.ts';
import { ClaimLoop } from './claim-loop.ts';
import { JobClaims } from './job-claims.ts';
import { JobRun, type ExecuteJob, type JobObserver } from './job-run.ts';
import type { LeaseGuard } from './lease-guard.ts';
import { LeaseRenewal } from './lease-renewal.ts';
import type { JobRecord } from '../record/job-record.ts';
import { endDeadlineMs, isEndedByRun, isGivenUpBy } from '../record/job-rules.ts';
import type { JobStore, Lease } from '../stores/job-store.ts';
import type { OutputStore } from '../output/output-store.ts';

export interface JobRunnerLog {
  /** A run has ended whose job was another's, or over. */
  fenced(job: JobRecord): void;
  /** The store did not take a write; it is tried again. */
  readonly storeFailed: (error: unknown) => void;
}

export interface JobRunnerOptions {
  readonly store: JobStore;
  readonly outputs: OutputStore;
  readonly lease: Lease;
  /** Of a store that other processes share: makes what renews the lease while the event loop of this one is blocked. */
  readonly guardLease: ((lease: Lease, onError: (error: unknown) => void) => LeaseGuard) | undefined;
  readonly execute: ExecuteJob;
  /** How the client of a job reads its output. */
  readonly readHintOf: (id: string) => ReadHint;
  readonly observerOf: (id: string) => JobObserver | undefined;
  /** Tools without a free slot. */
  readonly busyTools: () => readonly string[];
  readonly maxRunning: () => number;
  readonly retentionMs: () => number;
  readonly clock: Clock;
  readonly log: JobRunnerLog;
  /** This runner changed the state of a job. */
  readonly onTransition: (job: JobRecord) => void;
  /** There is something new of a job. */
  readonly onReport: (job: JobRecord) => void;
}

const RETRY_MS = 1000;
const SETTLE_MS = 5000;

export class JobRunner {
  readonly #options: JobRunnerOptions;
  readonly #runs = new Map<string, JobRun>();
  /** Until their end is written. */
  readonly #ending = new Set<Promise<void>>();
  readonly #claims: ClaimLoop;
  readonly #leases: LeaseRenewal;
  readonly #guard: LeaseGuard | undefined;
  #stopped = false;
  /** Given back and reported at the stop. */
  readonly #released = new Set<string>();

  constructor(options: JobRunnerOptions) {
    this.#options = options;
    const { store, lease, guardLease, busyTools, maxRunning, clock, log } = options;
    const claims = new JobClaims({ store, lease, busyTools, isRunning: (id) => this.#runs.has(id), clock });
    this.#claims = new ClaimLoop({
      claim: () => claims.next(),
      mayStart: () => this.#runs.size < maxRunning(),
      onClaimed: (job) => this.#begin(job),
      onError: log.storeFailed,
      clock,
    });
    this.#guard = guardLease?.(lease, log.storeFailed);
    this.#leases = new LeaseRenewal({
      store,
      lease,
      runs: () => [...this.#runs.values()],
      guard: this.#guard,
      clock,
      onUnstarted: () => {
        claims.mayHoldUnstarted();
        this.#claims.wake();
      },
      onError: log.storeFailed,
    });
  }

  get running(): number {
    return this.#runs.size;
  }

  holds(id: string): boolean {
    return this.#runs.has(id);
  }

  /** Starts what may be started. Call it whenever a job was queued or a slot became free. */
  wake(): void {
    this.#claims.wake();
  }

  /** Extends the leases of what runs here. Never rejects. @returns whether the store has taken it */
  renew(): Promise<boolean> {
    return this.#leases.renew();
  }

  /** Ends the run of a job at once, where this runner has it. */
  cancel(id: string): void {
    this.#runs.get(id)?.abort('cancelled');
  }

  /** Starts nothing more. */
  stopClaiming(): void {
    this.#stopped = true;
    this.#claims.stop();
  }

  /** Ends what still runs and gives all leases back. */
  async stop(): Promise<void> {
    this.stopClaiming();
    this.#leases.stop();
    const { store, lease, retentionMs, onTransition, log } = this.#options;
    const runs = [...this.#runs.values()];
    // First: a run that is ended by the stop has no end of its own.
    const released = await store.release(lease.owner, retentionMs()).catch((error: unknown) => {
      log.storeFailed(error);
      return this.#givenUpBefore(runs);
    });
    for (const job of released) this.#released.add(job.id);
    for (const job of released) onTransition(job);
    for (const run of runs) run.abort('the server is stopping');
  }

  /** The store may have given them back before, and only its answer was lost. */
  async #givenUpBefore(runs: readonly JobRun[]): Promise<readonly JobRecord[]> {
    const { store } = this.#options;
    const jobs = await Promise.all(runs.map(({ job }) => store.get(job.id).catch(() => undefined)));
    return jobs.filter((job, index) => job !== undefined && isGivenUpBy(job, runs[index]!.job)) as readonly JobRecord[];
  }

  /** Waits for the output of what {@link stop} has ended to be kept; at most some seconds. */
  async settled(): Promise<void> {
    await this.#guard?.[Symbol.asyncDispose]();
    await waitAtMost(this.#options.clock, SETTLE_MS, Promise.all(this.#ending), undefined);
  }

  #begin(job: JobRecord): void {
    const ending = this.#run(job).finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  async #run(job: JobRecord): Promise<void> {
    const { outputs, execute, observerOf, readHintOf, clock, onTransition, log } = this.#options;
    const run = new JobRun({
      job,
      outputs,
      execute,
      observer: observerOf(job.id),
      readHint: readHintOf(job.id),
      clock,
      onReport: (reporting) => void this.#report(reporting),
    });
    this.#runs.set(job.id, run);
    this.#leases.start();
    const starting = run.start();
    onTransition(job);
    const outcome = await starting;
    const { store, retentionMs } = this.#options;
    const taken = await this.#write(job, () => {
      if (run.isGivenUp) return store.giveUp(job.id, job.fence, retentionMs());
      if ('input' in outcome) return store.wait(job.id, job.fence, outcome.input, retentionMs());
      return store.finish(job.id, job.fence, outcome, run.progress, retentionMs());
    });
    if (this.#runs.get(job.id) === run) this.#runs.delete(job.id);
    if (this.#runs.size === 0) this.#leases.stop();
    if (taken) onTransition(taken);
    else {
      if (!this.#stopped) log.fenced(job);
      await this.#lookAgain(job.id);
    }
    this.wake();
  }

  /** At a job that was another's, or over. Its record, and what was there of its output, may have been removed while it still printed. */
  async #lookAgain(id: string): Promise<void> {
    const { store, outputs, onReport, log } = this.#options;
    try {
      const job = await store.get(id);
      if (job) onReport(job);
      else await outputs.remove([id]);
    } catch (error) {
      log.storeFailed(error);
    }
  }

  /** The end of a run is tried to be written for as long as it may still be taken. */
  async #write(claimed: JobRecord, write: () => Promise<JobRecord | undefined>): Promise<JobRecord | undefined> {
    const { store, clock, lease, log } = this.#options;
    const untilMs = clock.monotonicMs() + endDeadlineMs(lease.leaseMs);
    for (let mayBeTaken = false; ; mayBeTaken = true) {
      try {
        const taken = await write();
        if (taken || !mayBeTaken) return taken;
        // The store may have taken it before, and only its answer was lost.
        const job = await store.get(claimed.id);
        const isOwnEnd = job && (isEndedByRun(job, claimed) || isGivenUpBy(job, claimed));
        return isOwnEnd && !this.#released.has(job.id) ? job : undefined;
      } catch (error) {
        log.storeFailed(error);
        if (this.#stopped || clock.monotonicMs() >= untilMs) return undefined;
        await new Promise<void>((resolve) => clock.setTimer(RETRY_MS, resolve));
      }
    }
  }

  async #report(run: JobRun): Promise<void> {
    const { store, log, onReport } = this.#options;
    try {
      const job = await store.report(run.job.id, run.job.fence, run.progress);
      if (job) onReport(job);
    } catch (error) {
      log.storeFailed(error);
    }
  }
}
