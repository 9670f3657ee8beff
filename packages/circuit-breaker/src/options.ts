import type { Clock } from './clock.ts';
import type { OnWarning } from './warning.ts';

/** When to open, for a breaker that judges by rates. */
export type SlidingWindow = (CountWindowOptions | TimeWindowOptions) & RateOptions;

export interface CountWindowOptions {
  readonly type: 'count';
  /** How many of the last calls are looked at, 1 to 1,000,000. */
  readonly size: number;
}

export interface TimeWindowOptions {
  readonly type: 'time';
  /** How many milliseconds are looked back, 1 or more. */
  readonly durationMs: number;
  /** Steps in which old calls are forgotten, 1 to 1000. @default 10 */
  readonly buckets?: number | undefined;
}

export interface RateOptions {
  /** Share of failures that opens the circuit, 0.001 to 1. @default 0.5 */
  readonly failureRateThreshold?: number | undefined;
  /** No rate is judged on fewer calls, 1 or more (for a count window at most its size). @default 10, or the size if smaller */
  readonly minimumCalls?: number | undefined;
  /** A call that takes this many milliseconds or more is slow; 0 or more. Unset: durations are not measured. */
  readonly slowCallDurationMs?: number | undefined;
  /** Share of slow calls that opens the circuit, 0.001 to 1; needs `slowCallDurationMs`. @default 1 */
  readonly slowCallRateThreshold?: number | undefined;
}

export interface CircuitBreakerOptions {
  /** Label in errors, events and statistics; not empty. */
  readonly name: string;
  /** Failures in a row that open the circuit, 1 or more. @default 5, or never if there is a `slidingWindow` */
  readonly failureThreshold?: number | undefined;
  /** Judge by failure rate and slow-call rate over a window. @default none */
  readonly slidingWindow?: SlidingWindow | undefined;
  /** Milliseconds the circuit stays open, 0 or more. @default 60000 */
  readonly recoveryTimeoutMs?: number | undefined;
  /** Growth of the open period with each re-opening in a row, 1 or more. @default 1.5 */
  readonly recoveryMultiplier?: number | undefined;
  /** Cap of the open period in milliseconds, not below `recoveryTimeoutMs`. @default 300000, or `recoveryTimeoutMs` if longer */
  readonly maxRecoveryTimeoutMs?: number | undefined;
  /** Random share, 0 to 1, by which an open period is made longer or shorter. @default 0.1 */
  readonly jitter?: number | undefined;
  /** Successful probes that close the circuit, 1 or more. @default 1 */
  readonly successThreshold?: number | undefined;
  /** Probes that may run at the same time, 1 or more. @default 1 */
  readonly halfOpenMaxConcurrent?: number | undefined;
  /** Milliseconds after which a probe loses its slot and its say, 1 or more. @default 30000 */
  readonly halfOpenMaxWaitMs?: number | undefined;
  /** Does this error speak against the dependency? If not, the dependency answered: a success. @default every error does */
  readonly isFailure?: ((error: unknown) => boolean) | undefined;
  /** Is this returned value a failure? The caller gets it all the same. @default never */
  readonly isFailureResult?: ((result: unknown) => boolean) | undefined;
  /** Is this error neutral: neither success nor failure? An abort by the caller always is. @default never */
  readonly ignore?: ((error: unknown) => boolean) | undefined;
  /** Hears of what went wrong outside a call: a listener or predicate that threw, a refused snapshot. @default `process.emitWarning` */
  readonly onWarning?: OnWarning | undefined;
  /** @default `performance.now` and `Date.now` */
  readonly clock?: Clock | undefined;
  /** A source of numbers from 0 to below 1. @default `Math.random` */
  readonly random?: (() => number) | undefined;
  /** What `toJSON()` of an earlier breaker of this name returned. One that cannot be trusted is refused, with a warning. */
  readonly snapshot?: unknown;
}
