import type { WindowSettings } from './settings.ts';

/** What a window knows about the calls it still covers. */
export interface FailureWindow {
  readonly calls: number;
  readonly failures: number;
  readonly slow: number;
  /** O(1) at any size; `now` is monotonic milliseconds. */
  record(now: number, failed: boolean, slow: boolean): void;
  /** Forgets what has become too old by `now`. */
  advance(now: number): void;
  /** Contents as plain JSON, for a snapshot. */
  save(now: number): SavedWindow;
  /** Takes over saved contents that were written `elapsedMs` ago; false if they do not fit this window. */
  load(saved: SavedWindow, now: number, elapsedMs: number): boolean;
}

/** `outcomes`: one digit a call, oldest first, 1 = failed + 2 = slow. `counts`: calls, failures, slow of each bucket, oldest first. */
export type SavedWindow =
  | { readonly type: 'count'; readonly outcomes: string }
  | { readonly type: 'time'; readonly bucketAgeMs: number; readonly counts: readonly number[] };

/** 15 two-bit outcomes a word: a word stays a small integer, so a window of 100 calls is seven array slots. */
const PER_WORD = 15;

/** The last `size` calls. */
export class CountWindow implements FailureWindow {
  readonly #size: number;
  readonly #words: number[];
  #next = 0;
  calls = 0;
  failures = 0;
  slow = 0;

  constructor(size: number) {
    this.#size = size;
    this.#words = Array.from({ length: Math.ceil(size / PER_WORD) }, () => 0);
  }

  record(_now: number, failed: boolean, slow: boolean): void {
    const index = Math.trunc(this.#next / PER_WORD);
    const shift = (this.#next % PER_WORD) * 2;
    const word = this.#words[index] ?? 0;
    const oldest = word >> shift;
    if (this.calls < this.#size) this.calls++;
    else {
      this.failures -= oldest & 1;
      this.slow -= (oldest >> 1) & 1;
    }
    const code = (failed ? 1 : 0) | (slow ? 2 : 0);
    this.failures += code & 1;
    this.slow += code >> 1;
    this.#words[index] = (word & ~(3 << shift)) | (code << shift);
    this.#next = (this.#next + 1) % this.#size;
  }

  advance(): void {}

  save(): SavedWindow {
    let outcomes = '';
    for (let age = this.calls; age > 0; age--) {
      const at = (this.#next - age + this.#size) % this.#size;
      outcomes += ((this.#words[Math.trunc(at / PER_WORD)] ?? 0) >> ((at % PER_WORD) * 2)) & 3;
    }
    return { type: 'count', outcomes };
  }

  load(saved: SavedWindow): boolean {
    if (saved.type !== 'count' || saved.outcomes.length > this.#size || !/^[0-3]*$/.test(saved.outcomes)) return false;
    for (const code of saved.outcomes) this.record(0, (Number(code) & 1) === 1, Number(code) > 1);
    return true;
  }
}

/** Numbers kept for each bucket: calls, failures, slow calls. */
const COLUMNS = 3;

/** The calls of the last `durationMs`, in `buckets` equal steps: what it covers is between one step short and all of it. */
export class TimeWindow implements FailureWindow {
  readonly #bucketMs: number;
  readonly #counts: number[];
  /** Index of the current bucket's first column. */
  #current = 0;
  /** When the current bucket began. */
  #edge: number;
  calls = 0;
  failures = 0;
  slow = 0;

  constructor(durationMs: number, buckets: number, now: number) {
    this.#bucketMs = durationMs / buckets;
    this.#counts = Array.from({ length: buckets * COLUMNS }, () => 0);
    this.#edge = now;
  }

  advance(now: number): void {
    const steps = Math.floor((now - this.#edge) / this.#bucketMs);
    if (steps <= 0) return;
    this.#edge += steps * this.#bucketMs;
    const counts = this.#counts;
    // After a silence longer than the window every bucket is emptied once; the rest of the steps would find nothing.
    for (let left = Math.min(steps, counts.length / COLUMNS); left > 0; left--) {
      this.#current = (this.#current + COLUMNS) % counts.length;
      this.#add(this.#current, -this.#at(0), -this.#at(1), -this.#at(2));
    }
  }

  record(now: number, failed: boolean, slow: boolean): void {
    this.advance(now);
    this.#add(this.#current, 1, failed ? 1 : 0, slow ? 1 : 0);
  }

  save(now: number): SavedWindow {
    this.advance(now);
    const oldest = this.#current + COLUMNS;
    const counts = [...this.#counts.slice(oldest), ...this.#counts.slice(0, oldest)];
    return { type: 'time', bucketAgeMs: now - this.#edge, counts };
  }

  load(saved: SavedWindow, now: number, elapsedMs: number): boolean {
    if (saved.type !== 'time' || saved.counts.length !== this.#counts.length) return false;
    if (!(saved.bucketAgeMs >= 0 && saved.bucketAgeMs < this.#bucketMs && saved.counts.every(isCount))) return false;
    for (const [at, count] of saved.counts.entries()) {
      if (at % COLUMNS === 0) this.#add(at, count, saved.counts[at + 1] ?? 0, saved.counts[at + 2] ?? 0);
    }
    this.#current = this.#counts.length - COLUMNS;
    this.#edge = now - elapsedMs - saved.bucketAgeMs;
    this.advance(now);
    return true;
  }

  #at(column: number): number {
    return this.#counts[this.#current + column] ?? 0;
  }

  #add(at: number, calls: number, failures: number, slow: number): void {
    const counts = this.#counts;
    counts[at] = (counts[at] ?? 0) + calls;
    counts[at + 1] = (counts[at + 1] ?? 0) + failures;
    counts[at + 2] = (counts[at + 2] ?? 0) + slow;
    this.calls += calls;
    this.failures += failures;
    this.slow += slow;
  }
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

export function createWindow(window: WindowSettings, now: number): FailureWindow {
  return window.type === 'count'
    ? new CountWindow(window.size)
    : new TimeWindow(window.durationMs, window.buckets, now);
}
