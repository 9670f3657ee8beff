const FIRST_RESTART_MS = 100;
const MAX_RESTART_MS = 5000;
/** A helper that lived this long starts the count of restarts anew. */
const STABLE_MS = 10_000;

/** When a helper that was lost is started again: soon, then after waits that double. */
export class HelperRestart {
  #timer: NodeJS.Timeout | undefined;
  #waitMs = FIRST_RESTART_MS;

  /** Until the next start. */
  get waitMs(): number {
    return this.#waitMs;
  }

  lost(afterMs: number): void {
    if (afterMs > STABLE_MS) this.#waitMs = FIRST_RESTART_MS;
  }

  /** Does not keep the process alive. */
  schedule(start: () => void): void {
    this.#timer = setTimeout(start, this.#waitMs).unref();
    this.#waitMs = Math.min(this.#waitMs * 2, MAX_RESTART_MS);
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }
}
