/**
 * The jobs of this server: what creates, runs, shows and ends them. Who may do so is decided above.
 *
 *   create -> queue -> run -> end, kept with its output until its retention is over
 */
import { randomUUID } from 'node:crypto';

import type { KeptOutput, OutputStream } from '@mcp/tool-base';

import { systemClock, type Clock } from '../foundation/clock.ts';
import { CallOutput } from './call-output.ts';
import { awaitJob, JobChanges, type WaitOptions } from './job-changes.ts';
import { newJobId } from './record/job-id.ts';
import { isFinal, type JobOrder, type JobRecord, type JobState } from './record/job-record.ts';
import type { JobObserver } from './runs/job-run.ts';
import { JobRunner } from './runs/job-runner.ts';
import { JobStatistics } from './job-statistics.ts';
import type { JobCreation, JobUsage } from './stores/job-store.ts';
import type { JobsOptions } from './jobs-options.ts';
import { JobUpkeep } from './job-upkeep.ts';
import { readPage, type OutputPage, type OutputRange } from './output/output-page.ts';
import { SharedChanges } from './shared-changes.ts';
import { StoreFailures } from './store-failures.ts';

export class Jobs implements AsyncDisposable {
  readonly #options: JobsOptions;
  readonly #clock: Clock;
  readonly #changes = new JobChanges();
  readonly #runner: JobRunner;
  readonly #upkeep: JobUpkeep;
  readonly #shared: SharedChanges;
  readonly #failures: StoreFailures;
  readonly statistics: JobStatistics = new JobStatistics();
  /** Of jobs whose client waits and whose end was not noted yet. */
  readonly #observers = new Map<string, JobObserver>();

  constructor(options: JobsOptions) {
    const { store, outputs, leaseMs, settings, logger, clock = systemClock } = options;
    this.#options = options;
    this.#clock = clock;
    this.#failures = new StoreFailures(logger, clock, this.statistics);
    const storeFailed = (error: unknown): void => this.#failures.note(error);
    const retentionMs = (): number => settings().retentionMs;
    this.#runner = new JobRunner({
      ...options,
      guardLease: options.guardLease,
      lease: { owner: randomUUID(), leaseMs },
      observerOf: (id) => this.#observers.get(id),
      maxRunning: () => settings().maxRunning,
      retentionMs,
      clock,
      log: {
        storeFailed,
        fenced: ({ id, tool }) => {
          this.statistics.fenced += 1;
          logger.warn({ executionId: id, tool }, 'job.fenced');
        },
      },
      onTransition: (job) => this.#note(job),
      onReport: (job) => this.#see(job),
    });
    this.#upkeep = new JobUpkeep({
      store,
      outputs,
      leaseMs,
      retentionMs,
      bounds: settings,
      clock,
      renewOwn: () => this.#runner.renew(),
      onReaped: (job) => this.#noteOutsideRun(job),
      onQueued: () => this.#shared.poll(),
      onError: storeFailed,
    });
    this.#shared = new SharedChanges({
      store,
      runner: this.#runner,
      changes: this.#changes,
      isObserved: (id) => this.#observers.has(id),
      look: (id) => this.#look(id, (job) => this.#see(job)),
      onUnavailable: () => logger.warn({}, 'job.notifications_missing'),
    });
  }

  /** Looks after what an earlier process left. */
  async start(): Promise<void> {
    this.#shared.listen();
    await this.#upkeep.start();
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

  /** @param observer is notified of what the run reports, where it runs in this process */
  async create(order: Omit<JobOrder, 'id'>, observer?: JobObserver): Promise<JobCreation> {
    const { store, settings } = this.#options;
    const created = await this.#failures.created(store, { ...order, id: newJobId() }, settings());
    if (created.kind !== 'created') return created;
    if (observer) this.#observers.set(created.job.id, observer);
    this.#note(created.job);
    this.#runner.wake();
    return created;
  }

  /** The client does not wait any more. */
  endObserving(id: string): void {
    this.#observers.delete(id);
  }

  get(id: string): Promise<JobRecord | undefined> {
    return this.#failures.answered(() => this.#options.store.get(id));
  }

  list(states: readonly JobState[], limit: number): Promise<readonly JobRecord[]> {
    return this.#failures.answered(() => this.#options.store.list({ states, limit }));
  }

  usage(): Promise<JobUsage> {
    return this.#options.store.usage();
  }

  /**
   * What runs here is ended at once, what runs elsewhere within a second. An ended job stays as it is.
   *
   * @param by name of the principal
   */
  async cancel(id: string, by: string): Promise<void> {
    const { store, settings, logger } = this.#options;
    const cancelled = await this.#failures.cancelled(store, id, settings().retentionMs);
    if (!cancelled) return;
    const { job, isChanged } = cancelled;
    if (isChanged) {
      logger.info({ executionId: id, tool: job.tool, by }, 'job.cancelled');
      this.#noteOutsideRun(job);
    }
    if (job.state === 'cancelling') this.#runner.cancel(id);
  }

  /** The job when it has ended, or as it is when the time is over. */
  wait(id: string, options: WaitOptions): Promise<JobRecord | undefined> {
    return awaitJob(this.#changes, { ...options, id, get: () => this.get(id), clock: this.#clock });
  }

  /** Calls the listener after changes of the job, and while it prints at most once a second. */
  onChanged(id: string, listener: (job: JobRecord) => void): Disposable {
    return this.#changes.on(id, listener);
  }

  page(job: JobRecord, stream: OutputStream, range: OutputRange): Promise<OutputPage> {
    const { outputs } = this.#options;
    return this.#failures.answered(() => readPage(outputs, { run: job, stream, isComplete: isFinal(job) }, range));
  }

  /** Fewer than `limit` at the end of what is there. */
  async bytes(job: JobRecord, stream: OutputStream, { offset, limit }: OutputRange): Promise<Uint8Array> {
    return (await this.#failures.answered(() => this.#options.outputs.read(job, stream, offset, limit))).bytes;
  }

  /** Responses of the client to what a waiting job asked; with the last one the job is queued again. */
  async respond(id: string, responses: Readonly<Record<string, unknown>>): Promise<void> {
    if ((await this.get(id))?.state !== 'waiting') return;
    const job = await this.#failures.answered(() => this.#options.store.respond(id, responses));
    if (job?.state !== 'queued') return;
    this.#note(job);
    this.#runner.wake();
  }

  /** Removes a job whose caller was answered and never learned its id. Never rejects: what is left goes with its retention. */
  async discard(job: JobRecord): Promise<void> {
    const { store, outputs } = this.#options;
    if (isFinal(job) && this.#observers.has(job.id)) this.#note(job);
    this.#observers.delete(job.id);
    const remove = async (): Promise<void> => {
      if (await store.discard(job.id, job.fence)) await outputs.remove([job.id]);
    };
    await remove().catch((error: unknown) => this.#failures.note(error));
  }

  /** Keeps the output of a call that is no job, for its caller to read it under an id as that of an ended job. */
  keepCall(tool: string, caller: string): KeptOutput {
    const { store, outputs, settings, readHintOf } = this.#options;
    const id = newJobId();
    return new CallOutput({
      call: { id, tool, caller },
      store,
      outputs,
      retentionMs: settings().retentionMs,
      hint: readHintOf(id),
      clock: this.#clock,
      onError: (error) => this.#failures.note(error),
      onKept: () => this.#upkeep.outputEnded(),
    });
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
    await this.#runner.settled();
    this.#upkeep[Symbol.dispose]();
    await this.#shared[Symbol.asyncDispose]();
    await this.#options.store[Symbol.asyncDispose]();
    await this.#options.outputs[Symbol.asyncDispose]();
  }

  async #look(id: string, found: (job: JobRecord) => void): Promise<void> {
    try {
      const job = await this.get(id);
      if (job) found(job);
    } catch {
      // Whoever waits looks again when its time is over.
    }
  }

  /** A step of this process has brought the job into its state. */
  #note(job: JobRecord): void {
    const { id, tool, caller, state } = job;
    this.#options.events.publish('job.changed', { executionId: id, tool, caller, state });
    if (isFinal(job)) this.statistics.noteEnd(job);
    if (isFinal(job)) this.#upkeep.outputEnded();
    else void this.#upkeep.plan();
    this.#see(job);
  }

  #see(job: JobRecord): void {
    if (isFinal(job)) this.#observers.delete(job.id);
    this.#shared.seen(job);
    this.#changes.changed(job);
  }

  #noteOutsideRun(job: JobRecord): void {
    this.#note(job);
    if (isFinal(job)) this.#options.onEndedOutsideRun(job);
  }
}
