import type { CircuitState } from '../index.ts';

/** The options that the oracle implements. Times are whole milliseconds; there is no jitter. */
export interface OracleOptions {
  readonly failureThreshold: number;
  readonly recoveryTimeoutMs: number;
  readonly recoveryMultiplier: number;
  readonly maxRecoveryTimeoutMs: number;
  readonly successThreshold: number;
  readonly halfOpenMaxConcurrent: number;
  readonly halfOpenMaxWaitMs: number;
  readonly window?:
    | {
        readonly type: 'count';
        readonly size: number;
        readonly minimumCalls: number;
        readonly failureRateThreshold: number;
      }
    | {
        readonly type: 'time';
        readonly durationMs: number;
        readonly buckets: number;
        readonly minimumCalls: number;
        readonly failureRateThreshold: number;
      };
}

export interface OracleCall {
  readonly period: number;
  readonly leaseEnds: number;
}

export type Outcome = 'success' | 'failure' | 'neutral';

/**
 * The breaker implemented a second time in the simplest way: it keeps every outcome of a period and recounts them, and
 * identifies a period by a number. Slow, but easy to check by reading.
 */
export class Oracle {
  readonly #options: OracleOptions;
  now: number;
  state: CircuitState = 'closed';
  forced: 'open' | 'closed' | null = null;
  period = 0;
  periodStart: number;
  opensUntil = 0;
  primedUntil = -Infinity;
  reopenings = 0;
  outcomes: { readonly at: number; readonly failed: boolean }[] = [];
  probes: OracleCall[] = [];
  transitions: string[] = [];
  totals = { calls: 0, success: 0, failure: 0, rejected: 0, ignored: 0 };

  constructor(options: OracleOptions, now: number) {
    this.#options = options;
    this.now = now;
    this.periodStart = now;
  }

  look(): CircuitState {
    if (this.state === 'open' && this.forced === null && this.now >= this.opensUntil) this.#go('half_open');
    return this.state;
  }

  liveProbes(): OracleCall[] {
    return this.probes.filter((probe) => probe.leaseEnds > this.now);
  }

  start(): OracleCall | 'rejected' {
    this.totals.calls++;
    const state = this.look();
    const full = this.liveProbes().length >= this.#options.halfOpenMaxConcurrent;
    if (state === 'open' || (state === 'half_open' && full)) {
      this.totals.rejected++;
      return 'rejected';
    }
    if (state === 'closed') return { period: this.period, leaseEnds: Infinity };
    const call = { period: this.period, leaseEnds: this.now + this.#options.halfOpenMaxWaitMs };
    this.probes.push(call);
    return call;
  }

  end(call: OracleCall, outcome: Outcome): void {
    this.probes = this.probes.filter((probe) => probe !== call);
    const stale = call.period !== this.period || this.now >= call.leaseEnds;
    if (stale || outcome === 'neutral') {
      this.totals.ignored++;
      return;
    }
    this.totals[outcome]++;
    this.outcomes.push({ at: this.now, failed: outcome === 'failure' });
    if (this.state === 'half_open') {
      if (outcome === 'failure') this.open(this.reopenings + 1);
      else if (this.outcomes.length >= this.#options.successThreshold) this.#go('closed');
    } else if (
      this.forced === null &&
      (this.#thresholdReached() || (outcome === 'failure' && this.primedForMs() > 0))
    ) {
      this.open(0);
    }
  }

  open(reopenings: number, openMs?: number): void {
    const { recoveryTimeoutMs, recoveryMultiplier, maxRecoveryTimeoutMs } = this.#options;
    const periodMs = openMs ?? recoveryTimeoutMs * recoveryMultiplier ** reopenings;
    this.#go('open');
    this.reopenings = reopenings;
    this.opensUntil = this.now + Math.min(maxRecoveryTimeoutMs, periodMs);
  }

  trip(openMs?: number): void {
    if (this.look() === 'open' || this.forced !== null) return;
    this.open(this.state === 'half_open' ? this.reopenings + 1 : 0, openMs);
  }

  prime(forMs: number): void {
    if (this.look() !== 'closed' || this.forced !== null) return;
    this.primedUntil = Math.max(this.primedUntil, this.now + forMs);
  }

  primedForMs(): number {
    return Math.max(0, this.primedUntil - this.now);
  }

  force(state: 'open' | 'closed'): void {
    this.forced = state;
    this.#go(state);
  }

  reset(): void {
    this.forced = null;
    this.#go('closed');
  }

  /** A new process continues from a snapshot: calls in flight are lost and totals start at 0. */
  restart(): void {
    this.look();
    this.probes = [];
    this.primedUntil = -Infinity;
    this.transitions = [];
    this.totals = { calls: 0, success: 0, failure: 0, rejected: 0, ignored: 0 };
  }

  #go(to: CircuitState): void {
    if (to !== this.state) this.transitions.push(`${this.state}->${to}`);
    this.state = to;
    this.period++;
    this.periodStart = this.now;
    this.outcomes = [];
    this.probes = [];
    this.primedUntil = -Infinity;
    if (to === 'closed') this.reopenings = 0;
  }

  /** What the window holds, counted call by call. */
  windowed(): { calls: number; failures: number } {
    const { window } = this.#options;
    let covered = this.outcomes;
    if (window?.type === 'count') covered = covered.slice(-window.size);
    if (window?.type === 'time') {
      const step = window.durationMs / window.buckets;
      const bucket = (at: number): number => Math.floor((at - this.periodStart) / step);
      covered = covered.filter(({ at }) => bucket(at) > bucket(this.now) - window.buckets);
    }
    return { calls: covered.length, failures: covered.filter(({ failed }) => failed).length };
  }

  #thresholdReached(): boolean {
    const { window, failureThreshold } = this.#options;
    const run = this.outcomes.slice(-failureThreshold);
    if (run.length === failureThreshold && run.every(({ failed }) => failed)) return true;
    if (window === undefined) return false;
    const { calls, failures } = this.windowed();
    return calls >= window.minimumCalls && failures / calls >= window.failureRateThreshold;
  }
}
