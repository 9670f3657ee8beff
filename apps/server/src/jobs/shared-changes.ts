import type { JobChanges } from './job-changes.ts';
import type { JobRecord } from './record/job-record.ts';
import type { JobRunner } from './runs/job-runner.ts';
import type { ChangeListener, JobStore } from './stores/job-store.ts';

export interface SharedChangesOptions {
  readonly store: Pick<JobStore, 'isShared' | 'listen'>;
  readonly runner: Pick<JobRunner, 'wake' | 'holds' | 'cancel'>;
  readonly changes: Pick<JobChanges, 'ids' | 'isAwaited'>;
  /** Whether this process keeps something for the job until it has ended. */
  readonly isObserved: (id: string) => boolean;
  /** Reads the job, and calls {@link SharedChanges.seen} with it. */
  readonly look: (id: string) => Promise<void>;
  /** Nothing is reported of what other processes change. */
  readonly onUnavailable: () => void;
}

/** Jobs that other processes queue, cancel or end in a store that this one shares with them. */
export class SharedChanges implements AsyncDisposable {
  readonly #options: SharedChangesOptions;
  #listening: ChangeListener | undefined;

  constructor(options: SharedChangesOptions) {
    this.#options = options;
  }

  listen(): void {
    const { store, runner, changes, isObserved, look, onUnavailable } = this.#options;
    this.#listening = store.listen?.({
      changed: (id) => {
        if (runner.holds(id) || changes.isAwaited(id) || isObserved(id)) void look(id);
      },
      queued: () => runner.wake(),
      begun: () => this.#lookAtAll(),
      unavailable: onUnavailable,
    });
  }

  /** Every second, because messages may be missing. */
  poll(): void {
    const { store, runner } = this.#options;
    runner.wake();
    if (store.isShared && this.#listening?.isLive !== true) this.#lookAtAll();
  }

  seen({ id, state }: JobRecord): void {
    const { store, runner } = this.#options;
    if (!store.isShared) return;
    if (state === 'cancelling') runner.cancel(id);
    if (state === 'queued') runner.wake();
  }

  #lookAtAll(): void {
    const { changes, look } = this.#options;
    for (const id of changes.ids) void look(id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listening?.[Symbol.asyncDispose]();
  }
}
