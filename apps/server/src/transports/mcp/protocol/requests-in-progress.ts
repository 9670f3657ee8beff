/** Requests at the same time, at most; more are not read. */
const MAX_IN_PROGRESS = 64;

/**
 * Counts the requests of one connection whose answers are still being made, cancelled ones too: these go on, though nobody is
 * answered. So a client cannot make the server hold any number of results before the first is written.
 */
export class RequestsInProgress {
  readonly #onSpace: () => void;
  #running = 0;
  /** In this iteration of the event loop; what has not begun by its end never does. */
  #passedOn = 0;

  /** @param onSpace called when there may be more again */
  constructor(onSpace: () => void) {
    this.#onSpace = onSpace;
  }

  get isFull(): boolean {
    return this.#running + this.#passedOn >= MAX_IN_PROGRESS;
  }

  get isEmpty(): boolean {
    return this.#running + this.#passedOn === 0;
  }

  /** A request that may begin soon. */
  pass(): void {
    this.#passedOn += 1;
    if (this.#passedOn === 1) setImmediate(() => this.#change(() => (this.#passedOn = 0)));
  }

  async run<T>(make: () => Promise<T>): Promise<T> {
    this.#running += 1;
    try {
      return await make();
    } finally {
      this.#change(() => (this.#running -= 1));
    }
  }

  #change(less: () => void): void {
    const wasFull = this.isFull;
    less();
    if (wasFull && !this.isFull) this.#onSpace();
  }
}
