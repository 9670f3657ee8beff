import { createHash } from 'node:crypto';

import { MemoryRateLimiter } from '../../rate-limit/memory-rate-limiter.ts';
import {
  checkRateLimits,
  type ConfigurableRateLimiter,
  type RateLimitDecision,
  type RateLimitKey,
  type RateLimits,
} from '../../rate-limit/rate-limiter.ts';
import type { Clock } from '../../foundation/clock.ts';
import type { ClusterEngine } from '../engine.ts';
import { ReservedCalls, reservingOf, type Grant, type Reserving } from '../reserved-calls.ts';

export interface SharedRateLimiterOptions {
  readonly engine: Pick<ClusterEngine, 'state' | 'replicas' | 'take'>;
  readonly limits: RateLimits;
  /** @default systemClock */
  readonly clock?: Pick<Clock, 'monotonicMs'>;
}

/** Callers and tools whose calls are reserved, and whose key need not be hashed again. */
const MAX_KNOWN = 1000;

interface Known extends RateLimitKey {
  readonly key: string;
  readonly reserved: ReservedCalls;
}

/**
 * One limit over all servers of the cluster. While the engine is down each server grants its share, so that together they grant no
 * more than one limit; one call where there are more servers than calls. The share counts every call, also while the engine answers:
 * a caller that has used up the limit does not start again when the engine goes down. Of high limits, calls are reserved: see
 * reserved-calls.ts.
 */
export class SharedRateLimiter implements ConfigurableRateLimiter {
  readonly #engine: SharedRateLimiterOptions['engine'];
  readonly #share: MemoryRateLimiter;
  #limits: Required<RateLimits>;
  #replicas: number;
  #reserving: Reserving;
  #fallbacks = 0;
  /** Least recently added first. */
  readonly #known = new Map<string, Known>();
  /** Most calls are of the same caller and tool as the one before, and need no name made of the two. */
  #last: Known | undefined;

  /** @throws {RangeError} when a limit is out of range */
  constructor({ engine, limits, clock }: SharedRateLimiterOptions) {
    this.#engine = engine;
    this.#limits = checkRateLimits(limits);
    this.#replicas = engine.replicas;
    this.#reserving = reservingOf(this.#limits, this.#replicas);
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
    const known = this.#knownOf(key);
    const { calls } = this.#reserving;
    if (calls === 1) return this.#ask(known, 1).then(decisionOf, () => this.#alone(own));
    return (
      known.reserved.takeReserved() ?? known.reserved.take(() => this.#ask(known, calls)).catch(() => this.#alone(own))
    );
  }

  configure(limits: RateLimits): void {
    this.#limits = checkRateLimits(limits);
    this.#resize();
  }

  #ask({ key }: Known, calls: number): ReturnType<ClusterEngine['take']> {
    return this.#engine.take(key, this.#reserving.limits, calls);
  }

  #knownOf(key: RateLimitKey): Known {
    const { tool, caller } = key;
    if (this.#last?.tool === tool && this.#last.caller === caller) return this.#last;
    const name = `${tool}\n${caller}`;
    return (this.#last = this.#known.get(name) ?? this.#add(name, key));
  }

  #add(name: string, { tool, caller }: RateLimitKey): Known {
    const known = { tool, caller, key: keyOf({ tool, caller }), reserved: new ReservedCalls() };
    if (this.#known.size >= MAX_KNOWN) this.#known.delete(this.#known.keys().next().value ?? '');
    this.#known.set(name, known);
    return known;
  }

  #alone(decision: RateLimitDecision): RateLimitDecision {
    this.#fallbacks += 1;
    return decision;
  }

  #resize(): void {
    this.#replicas = this.#engine.replicas;
    this.#reserving = reservingOf(this.#limits, this.#replicas);
    // What was reserved of other limits, or as one of fewer servers, is not granted any more.
    this.#known.clear();
    this.#last = undefined;
    this.#share.configure(shareOf(this.#limits, this.#replicas));
  }
}

function shareOf({ requests, windowMs, burst }: Required<RateLimits>, replicas: number): RateLimits {
  const share = (calls: number): number => Math.max(1, Math.floor(calls / replicas));
  return { requests: share(requests), windowMs, burst: share(burst) };
}

function decisionOf(grant: Grant): RateLimitDecision {
  return grant.allowed ? { allowed: true, remaining: 0 } : grant;
}

/** Of one length, whatever the caller is called. */
function keyOf({ caller, tool }: RateLimitKey): string {
  return createHash('sha256').update(`${tool}\n${caller}`).digest('base64url').slice(0, 22);
}
