import type { Lease } from './probe-slots.ts';
import type { StatePeriod } from './state.ts';

/**
 * Permission to make one call, for callers who run it themselves. Only the first of the three methods has an effect.
 * A permit that is disposed of before any of them counts as a failure: a disposer cannot see whether an exception was thrown.
 */
export interface Permit extends Disposable {
  success(): void;
  failure(error: unknown): void;
  /** Neutral: counts as neither success nor failure, and frees the slot of a probe. */
  release(): void;
}

/** How an admitted call ended. Only the first two change the state. */
export type PermitOutcome = 'success' | 'failure' | 'neutral_error' | 'aborted' | 'released' | 'stale';

/** Issues permits and records how their calls ended. */
export interface PermitOwner {
  conclude(permit: CallPermit, outcome: PermitOutcome, error?: unknown): void;
}

/** The start time of calls whose duration does not matter: reading the clock is saved. */
export const UNTIMED: number = -Infinity;
export const NO_LEASE: number = Infinity;

export class CallPermit implements Permit, Lease {
  /** Undefined once the call has ended. */
  #owner: PermitOwner | undefined;
  /** The one that admitted the call. */
  readonly period: StatePeriod;
  /** Monotonic milliseconds, or UNTIMED. */
  readonly startedAt: number;
  /** When a probe loses its slot, in monotonic milliseconds, or NO_LEASE. Its result is then ignored. */
  readonly leaseEndsAt: number;

  constructor(owner: PermitOwner, period: StatePeriod, startedAt: number, leaseEndsAt: number) {
    this.#owner = owner;
    this.period = period;
    this.startedAt = startedAt;
    this.leaseEndsAt = leaseEndsAt;
  }

  success(): void {
    this.conclude('success');
  }

  failure(error: unknown): void {
    this.conclude('failure', error);
  }

  release(): void {
    this.conclude('released');
  }

  [Symbol.dispose](): void {
    this.conclude('failure', { name: 'UndecidedPermit', message: 'the permit was left undecided' });
  }

  conclude(outcome: PermitOutcome, error?: unknown): void {
    const owner = this.#owner;
    this.#owner = undefined;
    owner?.conclude(this, outcome, error);
  }
}
