import { PRIORITIES } from './status.ts';
import type { Priority } from './status.ts';

/** Lets a bounded number of runs go at once; those that wait are let in by priority, then in the order they came. */
export class RunGate {
  readonly #limit: number;
  readonly #waiting: readonly (() => void)[][] = PRIORITIES.map(() => []);
  #running = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Runs `work` when there is room, at once if there is now. */
  async run<T>(priority: Priority, work: () => Promise<T>): Promise<T> {
    if (this.#running < this.#limit) this.#running += 1;
    else await new Promise<void>((admit) => this.#waiting[PRIORITIES.indexOf(priority)]?.push(admit));
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  #leave(): void {
    // The place is handed on rather than freed, so nobody can slip in ahead of those who wait.
    const admitNext = this.#waiting.find((queue) => queue.length > 0)?.shift();
    if (admitNext) admitNext();
    else this.#running -= 1;
  }
}
