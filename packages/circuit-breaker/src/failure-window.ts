import type { BreakerClock } from './clock.ts';
import type { WindowSettings } from './settings.ts';

/**
 * `outcomes`: one digit per call, oldest first: 1 if it failed, plus 2 if it was slow. `buckets`: the calls, failures and slow
 * calls of each bucket, oldest first.
 */
export type SavedWindow =
  | { readonly type: 'count'; readonly outcomes: string }
  | { readonly type: 'time'; readonly bucketAgeMs: number; readonly buckets: readonly number[] };

export interface WindowCounts {
  readonly calls: number;
  readonly failures: number;
  readonly slow: number;
}

/** Recent calls. The sums are kept up to date, so recording and checking are O(1) at any size. */
export abstract class FailureWindow {
  readonly #settings: WindowSettings;
  calls = 0;
  failures = 0;
  slow = 0;

  constructor(settings: WindowSettings) {
    this.#settings = settings;
  }

  abstract record(failed: boolean, slow: boolean): void;
  /** The contents as plain JSON, for a snapshot. */
  abstract save(): SavedWindow;
  /** Fills an empty window with what was saved `elapsedMs` ago. False, and still empty, if it does not fit. */
  abstract load(saved: SavedWindow, elapsedMs: number): boolean;

  counts(): WindowCounts {
    return { calls: this.calls, failures: this.failures, slow: this.slow };
  }

  /** Which threshold the recorded calls have reached; undefined if none. */
  reasonToOpen(): string | undefined {
    const { minimumCalls, failureRateThreshold, slowCallRateThreshold } = this.#settings;
    if (this.calls < minimumCalls) return undefined;
    if (this.failures / this.calls >= failureRateThreshold) return 'failure rate reached';
    return this.slow / this.calls >= slowCallRateThreshold ? 'slow call rate reached' : undefined;
  }
}

/** 15 two-bit outcomes per word: a word stays a small integer, so a window of 100 calls takes seven array elements. */
const PER_WORD = 15;

/** The last `size` calls. */
class CountWindow extends FailureWindow {
  readonly #size: number;
  /** Grows until the window is full. */
  readonly #words: number[] = [];
  #next = 0;

  constructor(settings: WindowSettings) {
    super(settings);
    this.#size = settings.size;
  }

  record(failed: boolean, slow: boolean): void {
    const next = this.#next;
    const shift = (next % PER_WORD) * 2;
    const oldest = this.#codeAt(next);
    const code = (failed ? 1 : 0) | (slow ? 2 : 0);
    if (this.calls < this.#size) this.calls++;
    this.failures += (code & 1) - (oldest & 1);
    this.slow += (code >> 1) - (oldest >> 1);
    const index = Math.trunc(next / PER_WORD);
    // XOR turns the bits of the old code into those of the new one.
    this.#words[index] = (this.#words[index] ?? 0) ^ ((oldest ^ code) << shift);
    this.#next = (next + 1) % this.#size;
  }

  save(): SavedWindow {
    const first = this.#next - this.calls + this.#size;
    const codes = Array.from({ length: this.calls }, (_, age) => this.#codeAt((first + age) % this.#size));
    return { type: 'count', outcomes: codes.join('') };
  }

  load(saved: SavedWindow): boolean {
    if (saved.type !== 'count' || saved.outcomes.length > this.#size) return false;
    if (typeof saved.outcomes !== 'string' || !/^[0-3]*$/.test(saved.outcomes)) return false;
    for (const code of saved.outcomes) this.record(code === '1' || code === '3', code > '1');
    return true;
  }

  /** 0, a fast success, where nothing was recorded yet. */
  #codeAt(index: number): number {
    return ((this.#words[Math.trunc(index / PER_WORD)] ?? 0) >> ((index % PER_WORD) * 2)) & 3;
  }
}

/** Numbers per bucket: calls, failures, slow calls. */
const COLUMNS = 3;

/** The calls of the last `durationMs`, dropped one bucket at a time: it covers between one bucket less and all of it. */
class TimeWindow extends FailureWindow {
  readonly #clock: BreakerClock;
  readonly #bucketMs: number;
  readonly #buckets: number[];
  /** Index of the current bucket's first column. */
  #current = 0;
  /** When the current bucket started, in monotonic milliseconds. */
  #bucketStartMs: number;

  constructor(settings: WindowSettings, clock: BreakerClock) {
    super(settings);
    this.#clock = clock;
    this.#bucketMs = settings.durationMs / settings.buckets;
    this.#buckets = Array.from({ length: settings.buckets * COLUMNS }, () => 0);
    this.#bucketStartMs = clock.monotonicMs();
  }

  record(failed: boolean, slow: boolean): void {
    this.#advance();
    this.#add(1, failed ? 1 : 0, slow ? 1 : 0);
  }

  override counts(): WindowCounts {
    this.#advance();
    return super.counts();
  }

  save(): SavedWindow {
    const now = this.#advance();
    const oldest = this.#current + COLUMNS;
    const buckets = [...this.#buckets.slice(oldest), ...this.#buckets.slice(0, oldest)];
    return { type: 'time', bucketAgeMs: now - this.#bucketStartMs, buckets };
  }

  load(saved: SavedWindow, elapsedMs: number): boolean {
    if (saved.type !== 'time' || saved.buckets.length !== this.#buckets.length) return false;
    if (!(saved.bucketAgeMs >= 0 && saved.bucketAgeMs < this.#bucketMs && saved.buckets.every(isCount))) return false;
    for (let at = 0; at < saved.buckets.length; at += COLUMNS) {
      const [calls = 0, failures = 0, slow = 0] = saved.buckets.slice(at);
      this.#current = at;
      this.#add(calls, failures, slow);
    }
    this.#bucketStartMs = this.#clock.monotonicMs() - elapsedMs - saved.bucketAgeMs;
    return true;
  }

  #advance(): number {
    const now = this.#clock.monotonicMs();
    const steps = Math.floor((now - this.#bucketStartMs) / this.#bucketMs);
    if (steps <= 0) return now;
    this.#bucketStartMs += steps * this.#bucketMs;
    const buckets = this.#buckets;
    // After a pause longer than the window every bucket is emptied once; more steps would find them empty.
    for (let left = Math.min(steps, buckets.length / COLUMNS); left > 0; left--) {
      this.#current = (this.#current + COLUMNS) % buckets.length;
      const [calls = 0, failures = 0, slow = 0] = buckets.slice(this.#current);
      this.#add(-calls, -failures, -slow);
    }
    return now;
  }

  /** Changes the current bucket and the sums together. */
  #add(calls: number, failures: number, slow: number): void {
    const buckets = this.#buckets;
    const at = this.#current;
    buckets[at] = (buckets[at] ?? 0) + calls;
    buckets[at + 1] = (buckets[at + 1] ?? 0) + failures;
    buckets[at + 2] = (buckets[at + 2] ?? 0) + slow;
    this.calls += calls;
    this.failures += failures;
    this.slow += slow;
  }
}

/** A bucket holds no more failures or slow calls than calls. */
function isCount(value: number, at: number, all: readonly number[]): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value <= (all[at - (at % COLUMNS)] ?? 0);
}

export function createWindow(settings: WindowSettings, clock: BreakerClock): FailureWindow {
  return settings.buckets === 0 ? new CountWindow(settings) : new TimeWindow(settings, clock);
}
