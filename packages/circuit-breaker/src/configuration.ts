import type { Settings, WindowSettings } from './settings.ts';

/** The options in effect, including defaults, without functions and clock. Plain JSON; null means switched off. */
export interface CircuitBreakerConfiguration {
  readonly failureThreshold: number | null;
  readonly slidingWindow: SlidingWindowConfiguration | null;
  readonly recoveryTimeoutMs: number;
  readonly recoveryMultiplier: number;
  readonly maxRecoveryTimeoutMs: number;
  readonly jitter: number;
  readonly successThreshold: number;
  readonly halfOpenMaxConcurrent: number;
  readonly halfOpenMaxWaitMs: number;
}

export type SlidingWindowConfiguration = (
  | { readonly type: 'count'; readonly size: number }
  | { readonly type: 'time'; readonly durationMs: number; readonly buckets: number }
) & {
  readonly failureRateThreshold: number;
  readonly minimumCalls: number;
  readonly slowCallDurationMs: number | null;
  readonly slowCallRateThreshold: number;
};

export function configurationOf(settings: Settings): CircuitBreakerConfiguration {
  return {
    failureThreshold: finiteOrNull(settings.failureThreshold),
    slidingWindow: settings.window === undefined ? null : windowConfiguration(settings.window),
    recoveryTimeoutMs: settings.recoveryTimeoutMs,
    recoveryMultiplier: settings.recoveryMultiplier,
    maxRecoveryTimeoutMs: settings.maxRecoveryTimeoutMs,
    jitter: settings.jitter,
    successThreshold: settings.successThreshold,
    halfOpenMaxConcurrent: settings.halfOpenMaxConcurrent,
    halfOpenMaxWaitMs: settings.halfOpenMaxWaitMs,
  };
}

function windowConfiguration(window: WindowSettings): SlidingWindowConfiguration {
  const { size, durationMs, buckets, failureRateThreshold, minimumCalls, slowCallRateThreshold } = window;
  return {
    ...(buckets === 0 ? { type: 'count', size } : { type: 'time', durationMs, buckets }),
    failureRateThreshold,
    minimumCalls,
    slowCallDurationMs: finiteOrNull(window.slowCallDurationMs),
    slowCallRateThreshold,
  };
}

function finiteOrNull(value: number): number | null {
  return value === Infinity ? null : value;
}
