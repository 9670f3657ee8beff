import type { Clock } from '../clock.ts';

interface ManualTimer {
  readonly dueMs: number;
  readonly fn: () => void;
}

/**
 * A clock that moves only when a test moves it. Every package has a copy of this file; the original is in
 * templates/hello-package, and scripts/package-skeleton.test.ts fails when a copy differs.
 */
export class ManualClock implements Clock {
  #monotonicMs = 0;
  #epochMs: number;
  readonly #timers = new Set<ManualTimer>();

  constructor(epochMs = 1_800_000_000_000) {
    this.#epochMs = epochMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  epochMs(): number {
    return this.#epochMs;
  }

  /** As in Node, a timer waits for 1 ms at least. */
  setTimer(ms: number, fn: () => void): Disposable {
    const timer = { dueMs: this.#monotonicMs + Math.max(1, ms), fn };
    this.#timers.add(timer);
    return { [Symbol.dispose]: () => void this.#timers.delete(timer) };
  }

  get pendingTimers(): number {
    return this.#timers.size;
  }

  /** Sets the wall clock alone, as an administrator would; timers and durations are unaffected. */
  setEpoch(epochMs: number): void {
    this.#epochMs = epochMs;
  }

  /** Steps the wall clock alone, by a negative number to set it back. */
  stepEpoch(ms: number): void {
    this.#epochMs += ms;
  }

  /** Moves both clocks; the timers that fall due fire in order, each at its own time. A negative number fires none. */
  advance(ms: number): void {
    const endMs = this.#monotonicMs + ms;
    for (let timer = this.#nextDue(endMs); timer; timer = this.#nextDue(endMs)) this.#fire(timer);
    this.#moveTo(endMs);
  }

  /** As `advance`, and promise jobs run before the first timer, after every timer and at the end. */
  async advanceAsync(ms: number): Promise<void> {
    const endMs = this.#monotonicMs + ms;
    await runPromiseJobs();
    for (let timer = this.#nextDue(endMs); timer; timer = this.#nextDue(endMs)) {
      this.#fire(timer);
      await runPromiseJobs();
    }
    this.#moveTo(endMs);
    await runPromiseJobs();
  }

  #nextDue(endMs: number): ManualTimer | undefined {
    let next: ManualTimer | undefined;
    for (const timer of this.#timers) if (timer.dueMs <= endMs && timer.dueMs < (next?.dueMs ?? Infinity)) next = timer;
    return next;
  }

  #fire(timer: ManualTimer): void {
    this.#moveTo(Math.max(timer.dueMs, this.#monotonicMs));
    this.#timers.delete(timer);
    timer.fn();
  }

  #moveTo(monotonicMs: number): void {
    this.#epochMs += monotonicMs - this.#monotonicMs;
    this.#monotonicMs = monotonicMs;
  }
}

/** Every job that can run does: `setImmediate` fires only when the queue of promise jobs is empty. */
function runPromiseJobs(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
