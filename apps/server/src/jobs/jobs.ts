/**
 * The jobs of this server: what creates, runs, shows and ends them. Who may do so is decided above.
 *
 *   create -> queue -> run -> end, kept with its output until its retention is over
 */
import { randomUUID } from 'node:crypto';

import type { OutputStream } from '@mcp/tool-base';

import { systemClock, type Clock } from '../clock.ts';
import type { EventBus } from '../observability/events/event-bus.ts';
import type { Logger } from '../observability/log/logger.ts';
import { awaitJob, JobChanges } from './job-changes.ts';
import { newJobId } from './job-id.ts';
import { isFinal, type JobOrder, type JobRecord, type JobState } from './job-record.ts';
import type { ExecuteJob } from './job-run.ts';
import { JobRunner } from './job-runner.ts';
import type { JobCreation, JobQuota, JobStore, OutputBounds } from './job-store.ts';
import { JobUpkeep } from './job-upkeep.ts';
import { readPage, type OutputPage } from './output-page.ts';
import type { OutputStore } from './output-store.ts';

/** Read whenever they are needed: a reload may change them. */
export interface JobSettings extends JobQuota, OutputBounds {
  readonly maxRunning: number;
  readonly retentionMs: number;
}

export interface JobsOptions {
  readonly store: JobStore;
  readonly outputs: OutputStore;
  readonly leaseMs: number;
  readonly settings: () => JobSettings;
  readonly execute: ExecuteJob;
  readonly busyTools: () => readonly string[];
  readonly events: EventBus;
  readonly logger: Pick<Logger, 'warn' | 'error'>;
  /** @default systemClock */
  readonly clock?: Clock;
}

export interface WaitOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** @default the end of the job */
  readonly until?: (job: JobRecord) => boolean;
}

export class Jobs implements AsyncDisposable {
  readonly #options: JobsOptions;
  readonly #clock: Clock;
  readonly #changes = new JobChanges();
  readonly #runner: JobRunner;
  readonly #upkeep: JobUpkeep;
  /** Of open jobs, as far as their changes were seen here. */
  readonly #states = new Map<string, JobState>();

  constructor(options: JobsOptions) {
    const { store, outputs, leaseMs, settings, execute, busyTools, logger, clock = systemClock } = options;
    this.#options = options;
    this.#clock = clock;
    const storeFailed = (error: unknown): void => logger.error({ err: error }, 'job.store_failed');
    const retentionMs = (): number => settings().retentionMs;
    this.#runner = new JobRunner({
      store,
      outputs,
      lease: { owner: randomUUID(), leaseMs },
      execute,
      busyTools,
      maxRunning: () => settings().maxRunning,
      retentionMs,
      clock,
      log: { storeFailed, fenced: ({ id, tool }) => logger.warn({ executionId: id, tool }, 'job.fenced') },
      onChanged: (id) => void this.#noteChange(id),
    });
    this.#upkeep = new JobUpkeep({
      store,
      outputs,
      leaseMs,
      retentionMs,
      bounds: settings,
      clock,
      onReaped: (job) => this.#note(job),
      onQueued: () => this.#runner.wake(),
      onError: storeFailed,
    });
  }

  /** Looks after what an earlier process left. */
  async start(): Promise<void> {
    const { store, outputs } = this.#options;
    await outputs.sweep(async (id) => (await store.get(id)) !== undefined);
    await this.#upkeep.run();
    this.#runner.wake();
  }

  /** Jobs that run here. */
  get running(): number {
    return this.#runner.running;
  }

  /** A slot of a tool became free. */
  wake(): void {
    this.#runner.wake();
  }

  async create(order: Omit<JobOrder, 'id'>): Promise<JobCreation> {
    const created = await this.#options.store.create({ ...order, id: newJobId() }, this.#options.settings());
    if (created.kind !== 'created') return created;
    this.#note(created.job);
    this.#runner.wake();
    return created;
  }

  get(id: string): Promise<JobRecord | undefined> {
    return this.#options.store.get(id);
  }

  list(states: readonly JobState[], limit: number): Promise<readonly JobRecord[]> {
    return this.#options.store.list({ states, limit });
  }

  count(): Promise<Readonly<Partial<Record<JobState, number>>>> {
    return this.#options.store.count();
  }

  /** What runs here is ended at once, what runs elsewhere within a second. An ended job stays as it is. */
  async cancel(id: string): Promise<void> {
    const { store, settings } = this.#options;
    const job = await store.cancel(id, settings().retentionMs);
    if (!job) return;
    this.#note(job);
    if (job.state === 'cancelling') this.#runner.cancel(id);
  }

  /** The job when it has ended, or as it is when the time is over. */
  wait(id: string, { timeoutMs, signal, until = isFinal }: WaitOptions): Promise<JobRecord | undefined> {
    return awaitJob(this.#changes, {
      id,
      get: () => this.get(id),
      until,
      timeoutMs,
      signal,
      clock: this.#clock,
    });
  }

  /** Calls the listener after changes of the job, and while it prints at most once a second. */
  onChanged(id: string, listener: (job: JobRecord) => void): Disposable {
    return this.#changes.on(id, listener);
  }

  page(
    job: Pick<JobRecord, 'id' | 'state'>,
    stream: OutputStream,
    range: { readonly offset: number; readonly limit: number },
  ): Promise<OutputPage> {
    return readPage(this.#options.outputs, { id: job.id, stream, isComplete: isFinal(job) }, range);
  }

  /** Fewer than `limit` at the end of what is there. */
  async bytes(
    job: Pick<JobRecord, 'id'>,
    stream: OutputStream,
    { offset, limit }: { readonly offset: number; readonly limit: number },
  ): Promise<Uint8Array> {
    return (await this.#options.outputs.read(job.id, stream, offset, limit)).bytes;
  }

  /** Removes a job whose caller has its result and never learned its id. */
  async discard({ id, fence }: Pick<JobRecord, 'id' | 'fence'>): Promise<void> {
    const { store, outputs } = this.#options;
    if (await store.discard(id, fence)) await outputs.remove([id]);
  }

  /** Starts no job any more; those that run go on. */
  stopStarting(): void {
    this.#runner.stopClaiming();
  }

  /** Ends what runs and gives it back: nobody will know how it ended. */
  giveBack(): Promise<void> {
    return this.#runner.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.giveBack();
    this.#upkeep[Symbol.dispose]();
    await this.#options.store[Symbol.asyncDispose]();
    await this.#options.outputs[Symbol.asyncDispose]();
  }

  async #noteChange(id: string): Promise<void> {
    try {
      const job = await this.get(id);
      if (job) this.#note(job);
    } catch {
      // Whoever waits looks again when its time is over.
    }
  }

  #note(job: JobRecord): void {
    const { id, tool, caller, state } = job;
    if (this.#states.get(id) !== state) {
      this.#options.events.publish('job.changed', { executionId: id, tool, caller, state });
      void this.#upkeep.plan();
    }
    if (isFinal(job)) this.#states.delete(id);
    else this.#states.set(id, state);
    this.#changes.changed(job);
  }
}
