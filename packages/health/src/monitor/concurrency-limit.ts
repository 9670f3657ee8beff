import { PRIORITIES } from '../status.ts';
import type { Priority } from '../status.ts';

/** Runs a bounded number of tasks at once. Waiting tasks start by priority, then in order of arrival. */
export class ConcurrencyLimit {
  readonly #limit: number;
  readonly #waiting: readonly (() => void)[][] = PRIORITIES.map(() => []);
  #running = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Runs `task`, at once if the limit allows it, else when a slot is free. */
  async run<T>(priority: Priority, task: () => Promise<T>): Promise<T> {
    if (this.#running < this.#limit) this.#running += 1;
    else await new Promise<void>((start) => this.#waiting[PRIORITIES.indexOf(priority)]?.push(start));
    try {
      return await task();
    } finally {
      this.#release();
    }
  }

  #release(): void {
    // The slot is passed to a waiting task rather than freed, so that a new task cannot take it first.
    const startNext = this.#waiting.find((queue) => queue.length > 0)?.shift();
    if (startNext) startNext();
    else this.#running -= 1;
  }
}
