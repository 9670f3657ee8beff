import { LatencySketch } from './latency-sketch.ts';

export const SECOND_MS = 1000;

/** What ended within one second. */
export interface Second {
  calls: number;
  failed: number;
  rejected: number;
  latency: LatencySketch | undefined;
}

/** Sums over a window that only moves forward: each second is added once and removed once. */
export class SlidingTotals {
  calls = 0;
  failed = 0;
  rejected = 0;
  readonly latency: LatencySketch = new LatencySketch();
  readonly #seconds: ReadonlyMap<number, Second>;
  readonly #length: number;
  /** Index of the first second in the window, and of the first one after it. */
  #from: number | undefined;
  #to = 0;

  constructor(seconds: ReadonlyMap<number, Second>, lengthMs: number) {
    this.#seconds = seconds;
    this.#length = lengthMs / SECOND_MS;
  }

  /** @param at end of the window, a whole second in milliseconds */
  moveTo(at: number): void {
    const to = at / SECOND_MS;
    const from = to - this.#length;
    if (this.#from === undefined) {
      this.#from = from;
      this.#to = from;
    }
    for (; this.#to < to; this.#to++) this.#count(this.#to, 1);
    for (; this.#from < from; this.#from++) this.#count(this.#from, -1);
  }

  #count(index: number, sign: 1 | -1): void {
    const second = this.#seconds.get(index);
    if (second === undefined) return;
    this.calls += sign * second.calls;
    this.failed += sign * second.failed;
    this.rejected += sign * second.rejected;
    if (second.latency === undefined) return;
    if (sign > 0) this.latency.addAll(second.latency);
    else this.latency.removeAll(second.latency);
  }
}

export function endOfSecond(at: number): number {
  return Math.ceil(at / SECOND_MS) * SECOND_MS;
}
