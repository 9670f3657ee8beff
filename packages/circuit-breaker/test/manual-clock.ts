import type { Clock } from '../src/clock.ts';

/** Time that moves when a test says so. */
export class ManualClock implements Clock {
  monotonic = 1000;
  epoch = 1_700_000_000_000;

  monotonicMs(): number {
    return this.monotonic;
  }

  epochMs(): number {
    return this.epoch;
  }

  advance(ms: number): void {
    this.monotonic += ms;
    this.epoch += ms;
  }
}
