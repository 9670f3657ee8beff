import type { JobChanges } from './job-changes.ts';
import type { JobRecord } from './job-record.ts';
import type { JobRunner } from './job-runner.ts';
import type { ChangeListener, JobStore } from './job-store.ts';

export interface SharedChangesOptions {
  readonly store: Pick<JobStore, 'isShared' | 'listen'>;
  readonly runner: Pick<JobRunner, 'wake' | 'holds' | 'cancel'>;
  readonly changes: Pick<JobChanges, 'ids' | 'isAwaited'>;
  /** Whether this process keeps something for the job until it has ended. */
  readonly isObserved: (id: string) => boolean;
  /** Reads the job, and calls {@link SharedChanges.seen} with it. */
  readonly look: (id: string) => Promise<void>;
}

/** Jobs that other processes queue, cancel or end in a store that this one shares with them. */
export class SharedChanges implements AsyncDisposable {
  readonly #options: SharedChangesOptions;
  #listening: ChangeListener | undefined;

  constructor(options: SharedChangesOptions) {
    this.#options = options;
  }

  listen(): void {
    const { store, runner, changes, isObserved, look } = this.#options;
    this.#listening = store.listen?.((id) => {
      if (runner.holds(id) || changes.isAwaited(id) || isObserved(id)) void look(id);
      else runner.wake();
    });
  }

  /** Every second, because messages may be missing. */
  poll(): void {
    const { store, runner, changes, look } = this.#options;
    runner.wake();
    if (!store.isShared || this.#listening?.isLive === true) return;
    for (const id of changes.ids) void look(id);
  }

  seen({ id, state }: JobRecord): void {
    const { store, runner } = this.#options;
    if (!store.isShared) return;
    if (state === 'cancelling') runner.cancel(id);
    if (state === 'queued') runner.wake();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listening?.[Symbol.asyncDispose]();
  }
}
