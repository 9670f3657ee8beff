import type { TickSource } from '../tick-source.ts';

/** Time that moves only when told to, and knows which timers are left. */
export class ManualTime implements TickSource {
  #now = 0;
  readonly timers = new Set<{ ms: number; due: number; tick: () => void }>();

  now(): number {
    return this.#now;
  }

  every(ms: number, tick: () => void): Disposable {
    const timer = { ms, due: this.#now + ms, tick };
    this.timers.add(timer);
    return { [Symbol.dispose]: () => void this.timers.delete(timer) };
  }

  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = [...this.timers].sort((a, b) => a.due - b.due)[0];
      if (next === undefined || next.due > end) break;
      this.#now = next.due;
      next.due += next.ms;
      next.tick();
    }
    this.#now = end;
  }
}
