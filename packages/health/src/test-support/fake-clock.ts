import type { Clock } from '../clock.ts';

interface FakeTimer {
  readonly due: number;
  readonly fire: () => void;
}

/** A clock that moves only when told to. */
export class FakeClock implements Clock {
  #elapsed = 0;
  readonly #timers = new Set<FakeTimer>();

  now(): number {
    return Date.UTC(2026, 0, 1) + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  setTimer(fire: () => void, delayMs: number): { cancel(): void } {
    const timer = { due: this.#elapsed + delayMs, fire };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  get pendingTimers(): number {
    return this.#timers.size;
  }

  /** Lets every promise that can settle do so. */
  async settle(): Promise<void> {
    await new Promise<void>((resolve) => void setImmediate(resolve));
  }

  /** Moves time on, firing the timers that fall due in their order, promises settling in between. */
  async advance(ms: number): Promise<void> {
    const until = this.#elapsed + ms;
    await this.settle();
    for (;;) {
      const next = [...this.#timers].filter(({ due }) => due <= until).sort((a, b) => a.due - b.due)[0];
      if (!next) break;
      this.#timers.delete(next);
      this.#elapsed = Math.max(this.#elapsed, next.due);
      next.fire();
      await this.settle();
    }
    this.#elapsed = until;
  }
}

/** Draws no jitter: the middle of the range. */
export const noJitter = (): number => 0.5;
