import type { FailureWindow } from './failure-window.ts';
import type { ProbeSlots } from './probe-slots.ts';

export type CircuitState = 'closed' | 'open' | 'half_open';

/** The state in which an operator holds the circuit until `reset()`. */
export type ForcedState = 'open' | 'closed';

/**
 * What a breaker is in at any moment. Every transition starts a new period, which the state machine holds:
 *
 *     closed --too many failures, trip()--> open --endsAt has passed--> half_open --enough probes succeed--> closed
 *                                             ^------ a probe fails or is slow, trip() ------'
 *     closed --one failure after prime()--> open
 *     any --forceOpen()--> open, without an end          any --forceClosed(), reset()--> closed
 *
 * A call belongs to the period that admitted it. Its result is ignored as stale when the machine is in another period by
 * then, even one of the same state: one comparison of references.
 */
export type StatePeriod = ClosedPeriod | OpenPeriod | HalfOpenPeriod;

/** Every call is admitted. */
export interface ClosedPeriod {
  readonly state: 'closed';
  /** Recent calls; undefined for a breaker without a sliding window. */
  readonly window: FailureWindow | undefined;
  /** Shared by all calls of the period; undefined where each call needs a permit, because its duration is measured. */
  readonly onValue: (<T>(value: T) => T) | undefined;
  readonly onError: ((error: unknown) => never) | undefined;
}

/** What somebody else has seen of the dependency; it ends with the closed period. */
export interface Priming {
  /** The reason of the transition, if a failure opens the circuit. */
  readonly reason: string;
  /** Monotonic milliseconds. */
  readonly endsAt: number;
}

/** Every call is rejected. */
export interface OpenPeriod {
  readonly state: 'open';
  /** Monotonic milliseconds; Infinity while forced open. */
  readonly endsAt: number;
}

/** A limited number of calls is admitted as probes. */
export interface HalfOpenPeriod {
  readonly state: 'half_open';
  readonly probes: ProbeSlots;
}
