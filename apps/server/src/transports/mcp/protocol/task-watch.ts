import type { Principal } from '../../../access/principal.ts';
import type { JobCalls } from '../../../calls/job-calls.ts';
import { Disposables } from '../../../foundation/disposables.ts';
import type { JobRecord } from '../../../jobs/record/job-record.ts';

export interface TaskWatchOptions {
  readonly calls: JobCalls;
  readonly principal: Principal;
  /** Of the caller's jobs. */
  readonly ids: readonly string[];
  /** There is something to take. */
  readonly onChanged: () => void;
}

/**
 * Which of some jobs have changed since they were last taken. Changes of one job between two takes are one: a reader that is slow
 * gets the latest state, and no more is held for it than a set of ids.
 */
export class TaskWatch implements Disposable {
  readonly #options: TaskWatchOptions;
  readonly #changed: Set<string>;
  readonly #listening = new Disposables();
  #isOver = false;

  /** Every job counts as changed: one that changed before it was watched is not missed. */
  constructor(options: TaskWatchOptions) {
    this.#options = options;
    this.#changed = new Set(options.ids);
  }

  async start(): Promise<void> {
    const { calls, ids, onChanged } = this.#options;
    const jobs = await calls.jobs();
    if (this.#isOver) return;
    for (const id of ids) {
      const listening = jobs.onChanged(id, () => {
        this.#changed.add(id);
        onChanged();
      });
      this.#listening.use(listening);
    }
    onChanged();
  }

  /** A changed job as it is now, if its caller may still see it; undefined when there is none. */
  async take(): Promise<JobRecord | undefined> {
    const { calls, principal } = this.#options;
    for (const id of this.#changed) {
      this.#changed.delete(id);
      const job = await calls.find(id, principal).catch((error: unknown) => {
        this.#changed.add(id);
        throw error;
      });
      if (job) return job;
    }
    return undefined;
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#changed.clear();
    this.#listening[Symbol.dispose]();
  }
}
