/** Each caller and tool has a limit of its own. */
export interface RateLimitKey {
  /** Name of the principal, or the client address where no principal is known. */
  readonly caller: string;
  /** Name of an existing tool: unknown names must not create entries. */
  readonly tool: string;
}

export type RateLimitDecision =
  | { readonly allowed: true; /** Calls that may start at once. */ readonly remaining: number }
  | {
      readonly allowed: false;
      /** Milliseconds until the next call is allowed, at least 1. */ readonly retryAfterMs: number;
    };

/** Decides whether a call may start now, and counts it if so. */
export interface RateLimiter {
  /** A promise only where the limit is shared with other servers; it never rejects. */
  take(key: RateLimitKey): RateLimitDecision | Promise<RateLimitDecision>;
}

/** A limiter whose limits a reload changes. */
export interface ConfigurableRateLimiter extends RateLimiter {
  /** @throws {RangeError} when a limit is out of range; the old limits stay */
  configure(limits: RateLimits): void;
}

/** Over stdio: there is one caller, who owns the process. */
export const noRateLimit: RateLimiter = { take: () => ({ allowed: true, remaining: Number.POSITIVE_INFINITY }) };

/** `security.rateLimit`, with the window in milliseconds. */
export interface RateLimits {
  /** Sustained calls per window, 1 to 1000000. */
  readonly requests: number;
  /** 1 to 86400000 (a day). */
  readonly windowMs: number;
  /** Calls allowed at once after an idle time, 1 to 1000000. @default requests */
  readonly burst?: number;
}

/** @throws {RangeError} that names the setting, its range and its value */
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
