import { createHash } from 'node:crypto';

import { MemoryRateLimiter } from '../rate-limit/memory-rate-limiter.ts';
import {
  checkRateLimits,
  type ConfigurableRateLimiter,
  type RateLimitDecision,
  type RateLimitKey,
  type RateLimits,
} from '../rate-limit/rate-limiter.ts';
import type { Clock } from '../clock.ts';
import type { ClusterEngine } from './engine.ts';

export interface SharedRateLimiterOptions {
  readonly engine: Pick<ClusterEngine, 'state' | 'replicas' | 'take'>;
  readonly limits: RateLimits;
  /** @default systemClock */
  readonly clock?: Pick<Clock, 'monotonicMs'>;
}

/**
 * One limit over all servers of the cluster. While the engine is down each server grants its share, so that together they grant no
 * more than one limit; one call where there are more servers than calls. The share counts every call, also while the engine answers:
 * a caller that has used up the limit does not start again when the engine goes down.
 */
export class SharedRateLimiter implements ConfigurableRateLimiter {
  readonly #engine: SharedRateLimiterOptions['engine'];
  readonly #share: MemoryRateLimiter;
  #limits: Required<RateLimits>;
  #replicas: number;
  #fallbacks = 0;

  /** @throws {RangeError} when a limit is out of range */
  constructor({ engine, limits, clock }: SharedRateLimiterOptions) {
    this.#engine = engine;
    this.#limits = checkRateLimits(limits);
    this.#replicas = engine.replicas;
    this.#share = new MemoryRateLimiter({ ...shareOf(this.#limits, this.#replicas), ...(clock && { clock }) });
  }

  /** Decisions that this server made alone. */
  get fallbacks(): number {
    return this.#fallbacks;
  }

  take(key: RateLimitKey): RateLimitDecision | Promise<RateLimitDecision> {
    if (this.#engine.replicas !== this.#replicas) this.#resize();
    const own = this.#share.take(key);
    if (this.#engine.state === 'down') return this.#alone(own);
    return this.#engine.take(keyOf(key), this.#limits).catch(() => this.#alone(own));
  }

  configure(limits: RateLimits): void {
    this.#limits = checkRateLimits(limits);
    this.#resize();
  }

  #alone(decision: RateLimitDecision): RateLimitDecision {
    this.#fallbacks += 1;
    return decision;
  }

  #resize(): void {
    this.#replicas = this.#engine.replicas;
    this.#share.configure(shareOf(this.#limits, this.#replicas));
  }
}

function shareOf({ requests, windowMs, burst }: Required<RateLimits>, replicas: number): RateLimits {
  const share = (calls: number): number => Math.max(1, Math.floor(calls / replicas));
  return { requests: share(requests), windowMs, burst: share(burst) };
}

/** Of one length, whatever the caller is called. */
function keyOf({ caller, tool }: RateLimitKey): string {
  return createHash('sha256').update(`${tool}\n${caller}`).digest('base64url').slice(0, 22);
}
