import type { Epoch, Lease } from './epoch.ts';

/**
 * Leave to make one call, for callers who run it themselves. The first verb counts, later ones do nothing.
 * Left undecided at the end of its `using` scope it is a failure: a disposer cannot see the exception that got it there.
 */
export interface Permit extends Disposable {
  success(): void;
  failure(error: unknown): void;
  /** The neutral exit: decides nothing and gives the slot back. */
  release(): void;
}

/** What became of an admitted call. All but the first two decide nothing. */
export type Verdict = 'success' | 'failure' | 'neutral_error' | 'aborted' | 'released' | 'stale';

/** Whoever hands out permits and hears what became of them. */
export interface Judge {
  conclude(permit: Admission, verdict: Verdict, error?: unknown): void;
}

/** For calls on whose duration nothing depends: the clock is not read. */
export const UNTIMED: number = -Infinity;
export const NO_LEASE: number = Infinity;

export class Admission implements Permit, Lease {
  /** Undefined once decided. */
  #judge: Judge | undefined;
  /** The state period that admitted the call. */
  readonly epoch: Epoch;
  /** Monotonic milliseconds, or UNTIMED. */
  readonly startedAt: number;
  /** When a probe loses its slot and its say, or NO_LEASE. */
  readonly leaseEndsAt: number;

  constructor(judge: Judge, epoch: Epoch, startedAt: number, leaseEndsAt: number) {
    this.#judge = judge;
    this.epoch = epoch;
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

  conclude(verdict: Verdict, error?: unknown): void {
    const judge = this.#judge;
    this.#judge = undefined;
    judge?.conclude(this, verdict, error);
  }
}
