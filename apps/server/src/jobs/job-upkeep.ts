import { randomUUID } from 'node:crypto';

import { repeat, type Clock } from '../foundation/clock.ts';
import { Disposables } from '../foundation/disposables.ts';
import type { JobRecord } from './record/job-record.ts';
import type { JobStore, OutputBounds } from './stores/job-store.ts';
import type { OutputStore } from './output/output-store.ts';

export interface JobUpkeepOptions {
  readonly store: JobStore;
  readonly outputs: OutputStore;
  readonly leaseMs: number;
  readonly retentionMs: () => number;
  readonly bounds: () => OutputBounds;
  readonly clock: Clock;
  /** Extends the leases of what runs in this process, which may be late with it. @returns whether the store has taken it */
  readonly renewOwn: () => Promise<boolean>;
  readonly onReaped: (job: JobRecord) => void;
  /** There may be something to start. In a shared store called every second. */
  readonly onQueued: () => void;
  readonly onError: (error: unknown) => void;
}

/** Other processes may queue a job here; a message that says so could be lost. */
const SHARED_POLL_MS = 1000;
const MIN_WAIT_MS = 1000;
const MAX_WAIT_MS = 3_600_000;
/** Less is a clock that is adjusted slowly. */
const STEP_MS = 1000;

/**
 * Ends jobs whose runner is gone, expires those past their deadline and removes those past their retention. In a store of this
 * process alone it sleeps until one of these is due; every process that shares a store does it, and none of them leads.
 */
export class JobUpkeep implements Disposable {
  readonly #options: JobUpkeepOptions;
  readonly #timers = new Disposables();
  #next: Disposable | undefined;
  #isRunning = false;
  /** In whose name jobs are ended: another one after every answer, so that it tells what was not reported. */
  #reaper = randomUUID();
  #isUnanswered = false;
  #bounding: Disposable | undefined;
  /** The store did not answer, so servers that are alive could not renew their leases; they get the time to do so. */
  #wasAway = false;
  /** The wall clock, ahead of the time that this process has seen pass. */
  #aheadMs: number;
  #stopped = false;

  constructor(options: JobUpkeepOptions) {
    this.#options = options;
    this.#aheadMs = aheadMs(options.clock);
    const { store, clock, leaseMs, onQueued } = options;
    if (!store.isShared) return;
    this.#timers.use(repeat(clock, SHARED_POLL_MS, onQueued));
    this.#timers.use(repeat(clock, Math.floor(leaseMs / 3), () => void this.run()));
  }

  /** Removes output that an earlier process left without a job, then as {@link run}. */
  async start(): Promise<void> {
    const { store, outputs, onError } = this.#options;
    try {
      await outputs.sweep(async (id) => (await store.get(id)) !== undefined);
    } catch (error) {
      onError(error);
    }
    await this.run();
  }

  async run(): Promise<void> {
    if (this.#isRunning || this.#stopped) return;
    const { store, outputs, bounds, renewOwn, onReaped, onQueued, onError } = this.#options;
    this.#isRunning = true;
    try {
      await this.#makeUpForStep();
      // After a blocked event loop this timer may fire before the one that renews.
      const isRenewed = await renewOwn();
      const reaped = this.#wasAway || !isRenewed ? [] : await this.#reap();
      for (const job of reaped) onReaped(job);
      if (reaped.some(({ state }) => state === 'queued')) onQueued();
      await outputs.remove([...(await store.prune()), ...(await store.pruneOutput(bounds()))]);
      this.#wasAway = false;
    } catch (error) {
      this.#wasAway = store.isShared;
      onError(error);
    } finally {
      this.#isRunning = false;
    }
    await this.plan();
  }

  /** More output is kept of what has ended, so it may be beyond the bounds. */
  outputEnded(): void {
    void this.plan();
    if (this.#stopped) return;
    this.#bounding ??= this.#options.clock.setTimer(MIN_WAIT_MS, () => {
      this.#bounding = undefined;
      void this.#applyBounds();
    });
  }

  /** Sets the timer for what is due next. Call it after a job was created. */
  async plan(): Promise<void> {
    const { store, clock, onError } = this.#options;
    if (store.isShared || this.#stopped) return;
    let dueMs: number | undefined;
    try {
      dueMs = this.#isUnanswered ? MIN_WAIT_MS : await store.nextDueMs();
    } catch (error) {
      onError(error);
      dueMs = MIN_WAIT_MS;
    }
    this.#next?.[Symbol.dispose]();
    this.#next = undefined;
    if (dueMs === undefined || this.#stopped) return;
    this.#next = clock.setTimer(Math.min(MAX_WAIT_MS, Math.max(MIN_WAIT_MS, dueMs + 1)), () => void this.run());
  }

  [Symbol.dispose](): void {
    this.#stopped = true;
    this.#next?.[Symbol.dispose]();
    this.#bounding?.[Symbol.dispose]();
    this.#timers[Symbol.dispose]();
  }

  /** The clock was set, or the machine slept: neither is time in which a job could run. Other processes would do so as well, so not for them. */
  async #makeUpForStep(): Promise<void> {
    const { store, clock } = this.#options;
    const ahead = aheadMs(clock);
    if (!store.isShared && ahead - this.#aheadMs > STEP_MS) await store.postpone(Math.round(ahead - this.#aheadMs));
    this.#aheadMs = ahead;
  }

  /** The store may have ended jobs before, and only its answer was lost. */
  async #reap(): Promise<readonly JobRecord[]> {
    const { store, retentionMs } = this.#options;
    const unreported = this.#isUnanswered ? await store.reapedBy(this.#reaper) : [];
    this.#isUnanswered = true;
    const reaped = await store.reap(this.#reaper, retentionMs());
    this.#isUnanswered = false;
    this.#reaper = randomUUID();
    return [...unreported, ...reaped];
  }

  async #applyBounds(): Promise<void> {
    const { store, outputs, bounds, onError } = this.#options;
    try {
      await outputs.remove([...(await store.pruneOutput(bounds()))]);
    } catch (error) {
      onError(error);
    }
  }
}

function aheadMs(clock: Pick<Clock, 'epochMs' | 'monotonicMs'>): number {
  return clock.epochMs() - clock.monotonicMs();
}
