import type { CircuitState, Latch } from './circuit-state.ts';
import type { WindowCounts } from './failure-window.ts';
import { Incidents, type RecordedError, type Transition } from './incidents.ts';
import type { StateMachine } from './state-machine.ts';

/** Plain JSON: finite numbers, strings and nulls, all copies. Moments are milliseconds since the Unix epoch. */
export interface CircuitBreakerStats {
  readonly name: string;
  readonly state: CircuitState;
  /** Which way an operator holds the circuit, until `reset()`. */
  readonly forced: Latch | null;
  /** Milliseconds until a call can be admitted; 0 = now. */
  readonly retryAfterMs: number;
  /** Since construction; success + failure + rejected + ignored + inFlight = calls. */
  readonly totals: {
    readonly calls: number;
    readonly success: number;
    readonly failure: number;
    readonly rejected: number;
    readonly ignored: number;
  };
  /** Calls that were admitted and have no outcome yet. */
  readonly inFlight: number;
  /** Of the ignored: results that came after the state period that admitted them, or after their probe's lease. */
  readonly stale: number;
  /** Of the successes and failures: those that took `slowCallDurationMs` or longer. */
  readonly slow: number;
  readonly consecutiveSuccesses: number;
  readonly consecutiveFailures: number;
  /** Successes among successes and failures, 0 to 1; null before the first. */
  readonly successRate: number | null;
  /** Failures by error name; after 20 names the rest is counted as "other". */
  readonly failureReasons: Readonly<Record<string, number>>;
  /** The last ten failures, oldest first. */
  readonly recentErrors: readonly RecordedError[];
  readonly transitions: Readonly<Record<Transition, number>>;
  /** When the state last changed. */
  readonly changedAt: number | null;
  /** When a failure was last counted. */
  readonly lastFailureAt: number | null;
  /** Openings in a row that followed a failed probe: how far the back-off has grown. */
  readonly reopenings: number;
  /** Probes that hold a lease. */
  readonly probes: number;
  /** What the sliding window covers now; null without one, or while not closed. */
  readonly window: WindowCounts | null;
}

export function statisticsOf(machine: StateMachine): CircuitBreakerStats {
  const retryAfterMs = machine.retryAfterMs();
  const { calls, success, streak, epoch, settings, incidents = new Incidents() } = machine;
  const { failures: failure, rejected, ignored, stale, slow, changedAt } = incidents;
  const now = settings.clock.monotonicMs();
  return {
    name: machine.name,
    state: epoch.state,
    forced: machine.latch ?? null,
    retryAfterMs,
    totals: { calls, success, failure, rejected, ignored },
    inFlight: calls - success - failure - rejected - ignored,
    stale,
    slow,
    consecutiveSuccesses: Math.max(0, streak),
    consecutiveFailures: Math.max(0, -streak),
    successRate: success + failure === 0 ? null : success / (success + failure),
    failureReasons: Object.fromEntries(incidents.reasons),
    recentErrors: incidents.recent.map((entry) => ({ ...entry })),
    transitions: { ...incidents.transitions },
    changedAt,
    lastFailureAt: incidents.recent.at(-1)?.at ?? null,
    reopenings: machine.reopenings,
    probes: epoch.leased(now).length,
    window: epoch.window?.counts() ?? null,
  };
}
