import type { Clock } from '../foundation/clock.ts';
import { isFinal, type JobRecord } from './record/job-record.ts';

type Listener = (job: JobRecord) => void;

/** Tells those who wait for a job what became of it. */
export class JobChanges {
  readonly #byId = new Map<string, Set<Listener>>();

  /** @returns removes the listener */
  on(id: string, listener: Listener): Disposable {
    const listeners = this.#byId.get(id) ?? new Set();
    this.#byId.set(id, listeners.add(listener));
    return {
      [Symbol.dispose]: () => {
        listeners.delete(listener);
        if (listeners.size === 0 && this.#byId.get(id) === listeners) this.#byId.delete(id);
      },
    };
  }

  /** Of jobs that somebody waits for. */
  get ids(): readonly string[] {
    return [...this.#byId.keys()];
  }

  isAwaited(id: string): boolean {
    return this.#byId.has(id);
  }

  changed(job: JobRecord): void {
    for (const listener of this.#byId.get(job.id) ?? []) listener(job);
  }
}

export interface WaitOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** @default the end of the job */
  readonly until?: (job: JobRecord) => boolean;
}

export interface AwaitOptions extends WaitOptions {
  readonly id: string;
  readonly get: () => Promise<JobRecord | undefined>;
  readonly clock: Pick<Clock, 'setTimer'>;
}

/** The job as soon as `until` holds, or as it is when the time is over or the signal is aborted. */
export async function awaitJob(changes: JobChanges, options: AwaitOptions): Promise<JobRecord | undefined> {
  const { id, get, until = isFinal, timeoutMs, clock, signal } = options;
  const { promise, resolve } = Promise.withResolvers<JobRecord | undefined>();
  // Before the first look, so that no change is missed between the two.
  using _listening = changes.on(id, (job) => {
    if (until(job) || isFinal(job)) resolve(job);
  });
  const job = await get();
  if (job === undefined || until(job) || isFinal(job) || timeoutMs <= 0 || signal?.aborted === true) return job;
  const stop = (): void => resolve(undefined);
  using _timer = clock.setTimer(timeoutMs, stop);
  signal?.addEventListener('abort', stop, { once: true });
  const changed = await promise;
  signal?.removeEventListener('abort', stop);
  return changed ?? get();
}
