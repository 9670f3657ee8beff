import type { CircuitState } from './circuit-state.ts';
import type { FailureWindow } from './failure-window.ts';

/** A probe as far as its state period is concerned. */
export interface Lease {
  /** Monotonic milliseconds. */
  readonly leaseEndsAt: number;
}

const NO_PROBES: readonly Lease[] = [];

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
  /** Half-open only: the probes that were let in and have not ended; their leases may be over. */
  #probes: readonly Lease[] = NO_PROBES;
  /** Closed only, and only where a call needs no permit of its own: shared by every call of the epoch. */
  onValue: (<T>(value: T) => T) | undefined;
  onError: ((error: unknown) => never) | undefined;

  constructor(state: CircuitState, endsAt: number) {
    this.state = state;
    this.endsAt = endsAt;
  }

  /** Probes whose lease lasts at `now`. A probe without one may still be running, but has no slot and no say. */
  leased(now: number): readonly Lease[] {
    return this.#probes.filter((probe) => probe.leaseEndsAt > now);
  }

  /** Milliseconds until fewer than `limit` probes hold a lease; 0 = now. */
  slotFreeInMs(now: number, limit: number): number {
    const leased = this.leased(now);
    const oldest = leased[0];
    return oldest === undefined || leased.length < limit ? 0 : oldest.leaseEndsAt - now;
  }

  addProbe<Probe extends Lease>(probe: Probe, now: number): Probe {
    this.#probes = [...this.leased(now), probe];
    return probe;
  }

  removeProbe(probe: Lease): void {
    this.#probes = this.#probes.filter((other) => other !== probe);
  }
}
