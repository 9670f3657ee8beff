/** What is counted together: one caller's calls of one tool. */
export interface RateLimitKey {
  /** Name of the principal; the remote address where nobody is known yet. */
  readonly caller: string;
  /** Name of a tool that exists. Look it up first: invented names must not make keys. */
  readonly tool: string;
}

export type RateLimitDecision =
  | { readonly allowed: true; /** Whole calls left at once. */ readonly remaining: number }
  | {
      readonly allowed: false;
      /** Milliseconds until a call is granted; never 0, exact if nobody else takes it. */ readonly retryAfterMs: number;
    };

/** Decides whether a call may start now, and counts it if so. */
export interface RateLimiter {
  take(key: RateLimitKey): RateLimitDecision;
}

/** `security.rateLimit`, with the window in milliseconds. */
export interface RateLimits {
  /** Calls granted per window in the long run, 1 to 1000000. */
  readonly requests: number;
  /** 1 to 86400000 (a day). */
  readonly windowMs: number;
  /** Calls granted at once after a rest, 1 to 1000000. @default requests */
  readonly burst?: number;
}

/** @throws RangeError that names the setting, what it may be and what it was */
export function checkRateLimits(limits: RateLimits): Required<RateLimits> {
  const checked = { ...limits, burst: limits.burst ?? limits.requests };
  const range = (name: keyof RateLimits, max: number): void => {
    const value = checked[name];
    if (Number.isInteger(value) && value >= 1 && value <= max) return;
    throw new RangeError(`rateLimit.${name} must be an integer from 1 to ${max}, got ${String(value)}`);
  };
  range('requests', 1_000_000);
  range('windowMs', 86_400_000);
  range('burst', 1_000_000);
  return checked;
}
