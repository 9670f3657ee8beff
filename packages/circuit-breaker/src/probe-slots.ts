/** A probe holds its slot until it ends, or at the latest until its lease ends. */
export interface Lease {
  /** Monotonic milliseconds. */
  readonly leaseEndsAt: number;
}

const NO_PROBES: readonly Lease[] = [];

/** The probes of one half-open period. */
export class ProbeSlots {
  /** Admitted and not ended, oldest first; their leases may have run out. */
  #probes: readonly Lease[] = NO_PROBES;

  /** Probes whose lease lasts at `now`. One whose lease has run out may still be running, but holds no slot. */
  leased(now: number): readonly Lease[] {
    return this.#probes.filter((probe) => probe.leaseEndsAt > now);
  }

  /** Milliseconds until fewer than `limit` probes hold a lease; 0 = now. */
  freeInMs(now: number, limit: number): number {
    const leased = this.leased(now);
    const oldest = leased[0];
    return oldest === undefined || leased.length < limit ? 0 : oldest.leaseEndsAt - now;
  }

  add<Probe extends Lease>(probe: Probe, now: number): Probe {
    this.#probes = [...this.leased(now), probe];
    return probe;
  }

  remove(probe: Lease): void {
    this.#probes = this.#probes.filter((other) => other !== probe);
  }
}
