/**
 * Takes jobs from the queue and runs them, holds their leases, and gives them back at the end:
 *
 *   claim -> run (output to the store, lease renewed) -> finish, or wait for the client
 *
 * Whatever it writes carries the fence of its claim. When the store says that a claim is over, the run is ended and its result
 * goes nowhere.
 */
import { repeat, type Clock } from '../clock.ts';
import { JobRun, type ExecuteJob, type JobObserver } from './job-run.ts';
import type { JobRecord } from './job-record.ts';
import { endDeadlineMs } from './job-rules.ts';
import type { JobStore, Lease } from './job-store.ts';
import type { OutputStore } from './output-store.ts';

export interface JobRunnerLog {
  /** A run has ended whose job was another's, or over. */
  fenced(job: JobRecord): void;
  /** The store did not take a write; it is tried again. */
  storeFailed(error: unknown): void;
}

export interface JobRunnerOptions {
  readonly store: JobStore;
  readonly outputs: OutputStore;
  readonly lease: Lease;
  readonly execute: ExecuteJob;
  readonly observerOf: (id: string) => JobObserver | undefined;
  /** Tools without a free slot. */
  readonly busyTools: () => readonly string[];
  readonly maxRunning: () => number;
  readonly retentionMs: () => number;
  readonly clock: Clock;
  readonly log: JobRunnerLog;
  /** This runner changed the state of a job. @param job as it is then, where that is known */
  readonly onTransition: (id: string, job?: JobRecord) => void;
  /** There is something new of a job. */
  readonly onReport: (id: string) => void;
}

const RETRY_MS = 1000;
const SETTLE_MS = 5000;
/** In a store that others use, a cancellation of theirs is seen within this. */
const SHARED_RENEW_MS = 1000;

export class JobRunner {
  readonly #options: JobRunnerOptions;
  readonly #runs = new Map<string, JobRun>();
  /** Until their end is written. */
  readonly #ending = new Set<Promise<void>>();
  #claiming = false;
  #claimAgain = false;
  #renewing: Disposable | undefined;
  #renewedMs = 0;
  #stopped = false;

  constructor(options: JobRunnerOptions) {
    this.#options = options;
  }

  get running(): number {
    return this.#runs.size;
  }

  holds(id: string): boolean {
    return this.#runs.has(id);
  }

  /** Starts what may be started. Call it whenever a job was queued or a slot became free. */
  wake(): void {
    this.#claimAgain = true;
    if (!this.#claiming) void this.#claimAll();
  }

  /** Ends the run of a job at once, where this runner has it. */
  cancel(id: string): void {
    this.#runs.get(id)?.abort('cancelled');
  }

  /** Starts nothing more. */
  stopClaiming(): void {
    this.#stopped = true;
  }

  /** Ends what still runs and gives all leases back. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#renewing?.[Symbol.dispose]();
    const { store, lease, retentionMs, onTransition, log } = this.#options;
    const runs = [...this.#runs.values()];
    // First: a run that is ended by the stop has no end of its own.
    const released = await store.release(lease.owner, retentionMs()).catch((error: unknown) => {
      log.storeFailed(error);
      return [];
    });
    for (const job of released) onTransition(job.id, job);
    for (const run of runs) run.abort('the server is stopping');
  }

  /** Waits for the output of what {@link stop} has ended to be kept; at most some seconds. */
  async settled(): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    using _timer = this.#options.clock.setTimer(SETTLE_MS, resolve);
    await Promise.race([Promise.all(this.#ending), late]);
  }

  async #claimAll(): Promise<void> {
    const { store, lease, busyTools, maxRunning, log } = this.#options;
    this.#claiming = true;
    try {
      while (this.#claimAgain && !this.#stopped) {
        this.#claimAgain = false;
        while (!this.#stopped && this.#runs.size < maxRunning()) {
          const job = await store.claim(lease, busyTools());
          if (!job) break;
          this.#begin(job);
        }
      }
    } catch (error) {
      log.storeFailed(error);
    } finally {
      this.#claiming = false;
    }
  }

  #begin(job: JobRecord): void {
    const ending = this.#run(job).finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  async #run(job: JobRecord): Promise<void> {
    const { outputs, execute, observerOf, clock, onTransition, onReport, log } = this.#options;
    const run = new JobRun({
      job,
      outputs,
      execute,
      observer: observerOf(job.id),
      clock,
      onReport: (reporting) => void this.#report(reporting),
    });
    if (this.#runs.size === 0) this.#renewedMs = clock.monotonicMs();
    this.#runs.set(job.id, run);
    this.#renewing ??= repeat(clock, this.#renewMs, () => void this.#renew());
    const starting = run.start();
    onTransition(job.id, job);
    const outcome = await starting;
    const { store, retentionMs } = this.#options;
    const taken = await this.#write(() => {
      if (run.isGivenUp) return store.giveUp(job.id, job.fence, retentionMs()).then((given) => given !== undefined);
      if ('input' in outcome) return store.wait(job.id, job.fence, outcome.input, retentionMs());
      return store.finish(job.id, job.fence, outcome, run.progress, retentionMs());
    });
    if (this.#runs.get(job.id) === run) this.#runs.delete(job.id);
    if (this.#runs.size === 0) {
      this.#renewing?.[Symbol.dispose]();
      this.#renewing = undefined;
    }
    if (taken) onTransition(job.id);
    else {
      if (!this.#stopped) log.fenced(job);
      onReport(job.id);
    }
    this.wake();
  }

  /** The end of a run is tried to be written for as long as it may still be taken. */
  async #write(write: () => Promise<boolean>): Promise<boolean> {
    const { clock, lease, log } = this.#options;
    const untilMs = clock.monotonicMs() + endDeadlineMs(lease.leaseMs);
    for (;;) {
      try {
        return await write();
      } catch (error) {
        log.storeFailed(error);
        if (this.#stopped || clock.monotonicMs() >= untilMs) return false;
        await new Promise<void>((resolve) => clock.setTimer(RETRY_MS, resolve));
      }
    }
  }

  async #report(run: JobRun): Promise<void> {
    const { store, log, onReport } = this.#options;
    try {
      await store.report(run.job.id, run.job.fence, run.progress);
      onReport(run.job.id);
    } catch (error) {
      log.storeFailed(error);
    }
  }

  get #renewMs(): number {
    const { store, lease } = this.#options;
    const third = Math.floor(lease.leaseMs / 3);
    return store.isShared ? Math.min(third, SHARED_RENEW_MS) : third;
  }

  async #renew(): Promise<void> {
    const { store, lease, clock, log } = this.#options;
    const before = [...this.#runs.values()];
    const askedMs = clock.monotonicMs();
    try {
      const held = new Map((await store.renew(lease)).map((job) => [job.id, job]));
      this.#renewedMs = askedMs;
      for (const run of before) {
        const job = held.get(run.job.id);
        if (job?.fence !== run.job.fence) run.giveUp();
        else if (job.state === 'cancelling') run.abort('cancelled');
      }
    } catch (error) {
      log.storeFailed(error);
      // Another server may start it again from now on. Others go on: they are lost at worst, and never started twice.
      if (clock.monotonicMs() - this.#renewedMs < lease.leaseMs) return;
      for (const run of before) if (run.job.repeatable) run.giveUp();
    }
  }
}
