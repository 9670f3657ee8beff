import { systemClock, type Clock } from '../foundation/clock.ts';
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

type Refusal = Extract<RateLimitDecision, { allowed: false }>;

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

  take(key: RateLimitKey): RateLimitDecision {
    const bucket = this.#bucketOf(key);
    const { windowMs } = this.#limits;
    if (bucket.level < windowMs) return this.#refusal(bucket);
    bucket.level -= windowMs;
    return { allowed: true, remaining: Math.floor(bucket.level / windowMs) };
  }

  /** Takes as many of these calls as the bucket has; a refusal where it has none. */
  takeUpTo(calls: number, key: RateLimitKey): { readonly allowed: true; readonly calls: number } | Refusal {
    const bucket = this.#bucketOf(key);
    const { windowMs } = this.#limits;
    const taken = Math.min(calls, Math.floor(bucket.level / windowMs));
    if (taken < 1) return this.#refusal(bucket);
    bucket.level -= taken * windowMs;
    return { allowed: true, calls: taken };
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

  #refusal({ level }: Bucket): Refusal {
    const { requests, windowMs } = this.#limits;
    return { allowed: false, retryAfterMs: Math.ceil((windowMs - level) / requests) };
  }

  #bucketOf({ caller, tool }: RateLimitKey): Bucket {
    // Tool names contain no line break.
    return this.#refilled(`${tool}\n${caller}`);
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
