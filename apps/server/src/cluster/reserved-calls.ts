/**
 * Calls that a server takes from a shared limit ahead of time, so that most calls need not ask. Only for limits so high that asking for
 * each call would cost more than the calls do; below, every call is asked for, and the servers grant exactly what one would.
 *
 * Where calls are reserved, the servers together never grant more than `burst + rate * t` in any time t: the engine keeps a fiftieth of
 * the burst back, and the servers together reserve at most half of that. So a caller may get up to three hundredths of the burst less
 * than one server would grant, however its calls are spread.
 */
import type { RateLimitDecision, RateLimits } from '../rate-limit/rate-limiter.ts';

/** The smallest burst of which calls are reserved. */
const MIN_BURST = 2000;
const KEPT_BACK_PART = 50;
const RESERVED_PART = 100;
/** Of one server. */
const MAX_RESERVED = 4096;
const GRANTED: RateLimitDecision = { allowed: true, remaining: 0 };

export interface Reserving {
  /** Calls to ask for at once; 1 where none are reserved. */
  readonly calls: number;
  /** What the engine is asked with. */
  readonly limits: Required<RateLimits>;
}

export function reservingOf(limits: Required<RateLimits>, servers: number): Reserving {
  const { burst } = limits;
  const calls = Math.min(MAX_RESERVED, Math.floor(burst / RESERVED_PART / servers));
  if (burst < MIN_BURST || calls < 2) return { calls: 1, limits };
  return { calls, limits: { ...limits, burst: burst - Math.floor(burst / KEPT_BACK_PART) } };
}

/** What the engine answers: how many of the calls that were asked for, or when to ask again. */
export type Grant =
  | { readonly allowed: true; readonly calls: number }
  | { readonly allowed: false; readonly retryAfterMs: number };

/** The reserved calls of one caller and tool. */
export class ReservedCalls {
  #left = 0;
  #asking: Promise<Grant> | undefined;

  /** One of those that are left; undefined where there is none. */
  takeReserved(): RateLimitDecision | undefined {
    if (this.#left === 0) return undefined;
    this.#left -= 1;
    return GRANTED;
  }

  /** Asks for more, together with every other call that waits for an answer. Rejects as `ask` does. */
  async take(ask: () => Promise<Grant>): Promise<RateLimitDecision> {
    for (;;) {
      const reserved = this.takeReserved();
      if (reserved) return reserved;
      const grant = await (this.#asking ??= this.#ask(ask));
      if (!grant.allowed) return grant;
    }
  }

  async #ask(ask: () => Promise<Grant>): Promise<Grant> {
    try {
      const grant = await ask();
      if (grant.allowed) this.#left += grant.calls;
      return grant;
    } finally {
      this.#asking = undefined;
    }
  }
}
