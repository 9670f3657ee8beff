import type { CircuitState } from './errors.ts';
import type { FailureWindow } from './failure-window.ts';
import type { Admission } from './permit.ts';

/**
 * One state period. A call belongs to the epoch that admitted it; when its outcome comes and the breaker is in another
 * epoch, even one of the same state, the outcome is stale. That is one pointer comparison and needs no counters.
 */
export class Epoch {
  readonly state: CircuitState;
  /** Monotonic milliseconds at which an open period ends; Infinity for a latched one and for the other states. */
  readonly endsAt: number;
  /** Closed only. */
  window: FailureWindow | undefined;
  /** Half-open only: the probes that hold a lease, oldest first. */
  probes: readonly Admission[] = NO_PROBES;
  /** Closed only, and only where a call needs no permit of its own: shared by every call of the epoch. */
  onValue: (<T>(value: T) => T) | undefined;
  onError: ((error: unknown) => never) | undefined;

  constructor(state: CircuitState, endsAt: number) {
    this.state = state;
    this.endsAt = endsAt;
  }
}

const NO_PROBES: readonly Admission[] = [];
