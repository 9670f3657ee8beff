import type { WindowCounts } from './failure-window.ts';
import { backOffMs } from './open-period.ts';
import { FailureStats, type RecordedError, type Transition } from './failure-stats.ts';
import type { StateMachine } from './state-machine.ts';
import type { CircuitState, ForcedState } from './state.ts';

/** Plain JSON, all copies. Times (`...At`) are milliseconds since the Unix epoch. */
export interface CircuitBreakerStats {
  readonly name: string;
  readonly state: CircuitState;
  /** The state in which an operator holds the circuit until `reset()`. */
  readonly forced: ForcedState | null;
  /** Milliseconds until a call can be admitted; 0 = now. */
  readonly retryAfterMs: number;
  /** Milliseconds for which one failure opens the circuit, after `prime()`; 0 = not primed. */
  readonly primedForMs: number;
  /** Since construction; success + failure + rejected + ignored + inFlight = calls. */
  readonly totals: {
    readonly calls: number;
    readonly success: number;
    readonly failure: number;
    readonly rejected: number;
    readonly ignored: number;
  };
  /** Admitted calls that have not ended. */
  readonly inFlight: number;
  /** Of the ignored: results that came after a change of state, or after the lease of their probe. */
  readonly stale: number;
  /** Of the successes and failures: calls that took `slowCallDurationMs` or longer. */
  readonly slow: number;
  readonly consecutiveSuccesses: number;
  readonly consecutiveFailures: number;
  /** Successes among successes and failures, 0 to 1; null before the first. */
  readonly successRate: number | null;
  /** Failures by error name; after 20 names the rest counts as "other". */
  readonly failureReasons: Readonly<Record<string, number>>;
  /** The last ten failures, oldest first. */
  readonly recentErrors: readonly RecordedError[];
  readonly transitions: Readonly<Record<Transition, number>>;
  /** When the state last changed; null = never. */
  readonly changedAt: number | null;
  /** When a failure was last counted; null = never. */
  readonly lastFailureAt: number | null;
  /** Consecutive openings after a failed probe: the exponent of the back-off. */
  readonly reopenings: number;
  /**
   * Length of the current or last open period in milliseconds, before jitter and whatever `trip()` asked for; `recoveryTimeoutMs` of the
   * options without back-off.
   */
  readonly recoveryTimeoutMs: number;
  /** Probes that hold a lease. */
  readonly probes: number;
  /** What the sliding window holds now; null without one, and while not closed. */
  readonly window: WindowCounts | null;
}

export function statisticsOf(machine: StateMachine): CircuitBreakerStats {
  const retryAfterMs = machine.retryAfterMs();
  const { calls, success, streak, period, settings, failureStats: stats = new FailureStats() } = machine;
  const { failures: failure, rejected, ignored, stale, slow, changedAt } = stats;
  const now = settings.clock.monotonicMs();
  return {
    name: machine.name,
    state: period.state,
    forced: machine.forced ?? null,
    retryAfterMs,
    primedForMs: Math.max(0, Math.ceil((machine.priming?.endsAt ?? now) - now)),
    totals: { calls, success, failure, rejected, ignored },
    inFlight: calls - success - failure - rejected - ignored,
    stale,
    slow,
    consecutiveSuccesses: Math.max(0, streak),
    consecutiveFailures: Math.max(0, -streak),
    successRate: success + failure === 0 ? null : success / (success + failure),
    failureReasons: Object.fromEntries(stats.reasons),
    recentErrors: stats.recentErrors.map((entry) => ({ ...entry })),
    transitions: { ...stats.transitions },
    changedAt,
    lastFailureAt: stats.recentErrors.at(-1)?.at ?? null,
    reopenings: machine.reopenings,
    recoveryTimeoutMs: backOffMs(settings, machine.reopenings),
    probes: period.state === 'half_open' ? period.probes.leased(now).length : 0,
    window: period.state === 'closed' ? (period.window?.counts() ?? null) : null,
  };
}
