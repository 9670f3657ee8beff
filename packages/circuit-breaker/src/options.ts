import type { BreakerClock } from './clock.ts';
import type { OnWarning } from './warning.ts';

/** When to open by failure rate or slow-call rate. */
export type SlidingWindow = (CountWindowOptions | TimeWindowOptions) & RateOptions;

/** @example { type: 'count', size: 100, failureRateThreshold: 0.5 } */
export interface CountWindowOptions {
  readonly type: 'count';
  /** How many of the last calls are counted, 1 to 1,000,000. */
  readonly size: number;
}

/** @example { type: 'time', durationMs: 60_000, minimumCalls: 20 } */
export interface TimeWindowOptions {
  readonly type: 'time';
  /** How many milliseconds back calls are counted, 1 or more. */
  readonly durationMs: number;
  /** In how many equal steps old calls are dropped, 1 to 1000. @default 10 */
  readonly buckets?: number | undefined;
}

export interface RateOptions {
  /** Share of failures that opens the circuit, 0.001 to 1. @default 0.5 */
  readonly failureRateThreshold?: number | undefined;
  /** Rates count only from this many calls on, 1 or more; in a count window at most its size. @default 10, or the size if smaller */
  readonly minimumCalls?: number | undefined;
  /** A call that takes this many milliseconds or more is slow; 0 or more. @default none: durations are not measured */
  readonly slowCallDurationMs?: number | undefined;
  /** Share of slow calls that opens the circuit, 0.001 to 1; needs `slowCallDurationMs`. @default 1 */
  readonly slowCallRateThreshold?: number | undefined;
}

/** @example breaker.trip('the status page reports an outage', { openMs: 30_000 }) */
export interface TripOptions {
  /**
   * Milliseconds the circuit stays open, 1 or more; more than `maxRecoveryTimeoutMs` is that much.
   * @default an open period as after failures: `recoveryTimeoutMs` with back-off and jitter
   */
  readonly openMs?: number | undefined;
}

/**
 * @example
 * new CircuitBreaker({
 *   name: 'payments',
 *   failureThreshold: 5,
 *   recoveryTimeoutMs: 30_000,
 *   isFailure: (error) => !(error instanceof NotFoundError),
 * });
 */
export interface CircuitBreakerOptions {
  /** Identifies the breaker in errors, events and statistics; not empty. */
  readonly name: string;
  /** Consecutive failures that open the circuit, 1 or more. @default 5, or none with a `slidingWindow` */
  readonly failureThreshold?: number | undefined;
  /** Opens by failure rate and slow-call rate. With a `failureThreshold` too, whichever is reached first. @default none */
  readonly slidingWindow?: SlidingWindow | undefined;
  /** Milliseconds the circuit stays open, 0 or more. @default 60000 */
  readonly recoveryTimeoutMs?: number | undefined;
  /**
   * Factor by which each consecutive re-opening lengthens the open period, 1 or more. Closing resets it.
   * @default 1.5
   * @example 2 // 60 s, then 120 s, 240 s and so on up to maxRecoveryTimeoutMs
   */
  readonly recoveryMultiplier?: number | undefined;
  /** Longest open period in milliseconds, at least `recoveryTimeoutMs`. @default 300000, or `recoveryTimeoutMs` if longer */
  readonly maxRecoveryTimeoutMs?: number | undefined;
  /** Random share, 0 to 1, by which an open period is shortened or lengthened. @default 0.1 */
  readonly jitter?: number | undefined;
  /** Consecutive successful probes that close the circuit, 1 or more. @default 1 */
  readonly successThreshold?: number | undefined;
  /** Probes that may run at the same time, 1 or more. @default 1 */
  readonly halfOpenMaxConcurrent?: number | undefined;
  /** Milliseconds after which a probe loses its slot; its result is then ignored. 1 or more. @default 30000 */
  readonly halfOpenMaxWaitMs?: number | undefined;
  /**
   * False for an error that counts as a success, because the dependency did answer.
   * @default every error is a failure
   * @example (error) => !(error instanceof NotFoundError)
   */
  readonly isFailure?: ((error: unknown) => boolean) | undefined;
  /**
   * True for a returned value that counts as a failure; the caller still receives it.
   * @default none is
   * @example (response) => response.status >= 500
   */
  readonly isFailureResult?: ((result: unknown) => boolean) | undefined;
  /**
   * True for an error that counts as neither success nor failure. An abort by the caller never counts.
   * @default none is
   * @example (error) => error instanceof QueueFullError
   */
  readonly ignore?: ((error: unknown) => boolean) | undefined;
  /** Receives problems outside a call: a listener or predicate that threw, an invalid snapshot. @default `process.emitWarning` */
  readonly onWarning?: OnWarning | undefined;
  /** @default systemClock */
  readonly clock?: BreakerClock | undefined;
  /** Returns numbers from 0 to below 1. @default `Math.random` */
  readonly random?: (() => number) | undefined;
  /** What `toJSON()` of an earlier breaker of this name returned. An invalid one is ignored, with a warning. */
  readonly snapshot?: unknown;
}
