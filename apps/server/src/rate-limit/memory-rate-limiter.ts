import { systemClock, type Clock } from '../clock.ts';
import {
  checkRateLimits,
  type ConfigurableRateLimiter,
  type RateLimitDecision,
  type RateLimitKey,
  type RateLimits,
} from './rate-limiter.ts';

export interface MemoryRateLimiterOptions extends RateLimits {
  /** Buckets kept; above it the least recently used one is evicted. @default 10000 */
  readonly maxKeys?: number;
  /** @default systemClock */
  readonly clock?: Pick<Clock, 'monotonicMs'>;
}

interface Bucket {
  /** In units of 1/`windowMs` of a call. A bucket gains `requests` units a millisecond, so all arithmetic is on integers. */
  level: number;
  at: number;
}

/**
 * A token bucket for each caller and tool. No bucket grants more than `burst + requests * t / windowMs` calls in any time t.
 * Buckets are refilled when they are used; there is no timer.
 */
export class MemoryRateLimiter implements ConfigurableRateLimiter {
  // Least recently used first.
  readonly #buckets = new Map<string, Bucket>();
  /** Key of the last bucket, which need not be moved: deleting and inserting for every call would keep garbage alive. */
  #newest: string | undefined;
  readonly #maxKeys: number;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  #limits: Required<RateLimits>;

  /** @throws {RangeError} when a limit is out of range */
  constructor(options: MemoryRateLimiterOptions) {
    this.#limits = checkRateLimits(options);
    this.#maxKeys = options.maxKeys ?? 10_000;
    if (!Number.isInteger(this.#maxKeys) || this.#maxKeys < 1) {
      throw new RangeError(`maxKeys must be an integer of 1 or more, got ${String(options.maxKeys)}`);
    }
    this.#clock = options.clock ?? systemClock;
  }

  /** Buckets in memory. */
  get size(): number {
    return this.#buckets.size;
  }

  take({ caller, tool }: RateLimitKey): RateLimitDecision {
    const { requests, windowMs } = this.#limits;
    // Tool names contain no line break.
    const bucket = this.#refilled(`${tool}\n${caller}`);
    if (bucket.level < windowMs) {
      return { allowed: false, retryAfterMs: Math.ceil((windowMs - bucket.level) / requests) };
    }
    bucket.level -= windowMs;
    return { allowed: true, remaining: Math.floor(bucket.level / windowMs) };
  }

  /**
   * Sets new limits. A bucket keeps the whole calls it had left, up to the new burst.
   *
   * @throws {RangeError} when a limit is out of range; the old limits stay
   */
  configure(limits: RateLimits): void {
    const next = checkRateLimits(limits);
    for (const [key, bucket] of this.#buckets) {
      this.#refill(bucket);
      const calls = Math.floor(bucket.level / this.#limits.windowMs);
      this.#buckets.set(key, { level: Math.min(calls, next.burst) * next.windowMs, at: bucket.at });
    }
    this.#limits = next;
  }

  #refilled(key: string): Bucket {
    const known = this.#buckets.get(key);
    const bucket = known ?? this.#newBucket();
    if (key !== this.#newest) {
      if (known !== undefined) this.#buckets.delete(key);
      this.#buckets.set(key, bucket);
      this.#newest = key;
    }
    this.#refill(bucket);
    return bucket;
  }

  #refill(bucket: Bucket): void {
    const { requests, windowMs, burst } = this.#limits;
    const now = Math.floor(this.#clock.monotonicMs());
    const elapsed = Math.max(0, now - bucket.at);
    bucket.level = Math.min(burst * windowMs, bucket.level + elapsed * requests);
    bucket.at = Math.max(bucket.at, now);
  }

  #newBucket(): Bucket {
    const full = { level: this.#limits.burst * this.#limits.windowMs, at: Math.floor(this.#clock.monotonicMs()) };
    if (this.#buckets.size < this.#maxKeys) return full;
    // The new key takes over the evicted bucket as it is, so that changing names gives no additional calls.
    const [oldest, bucket = full] = this.#buckets.entries().next().value ?? [''];
    this.#buckets.delete(oldest);
    return bucket;
  }
}
