import { classifyError, classifyResult, FAILURE_RESULT } from './classify-outcome.ts';
import { createClosedPeriod, type ResultRecorder } from './closed-period.ts';
import { circuitOpenError, type CircuitOpenError } from './errors.ts';
import type { CircuitBreakerEvents, EventHub, IgnoredReason } from './events.ts';
import { FailureStats, type Transition } from './failure-stats.ts';
import { openPeriodMs } from './open-period.ts';
import { CallPermit, NO_LEASE, UNTIMED, type PermitOutcome, type PermitOwner } from './permit.ts';
import { ProbeSlots } from './probe-slots.ts';
import type { Settings } from './settings.ts';
import type { CircuitState, ForcedState, Priming, StatePeriod } from './state.ts';
import { report } from './warning.ts';

/**
 * Moves between the periods of state.ts:
 *
 *     admit -> CallPermit --(the call runs)--> conclude -> settle -> decide -> enter -> events
 *          \-> CircuitOpenError
 *
 * Nothing here waits: no timer, no promise. Listeners are notified when a step is complete.
 */
export class StateMachine implements PermitOwner, ResultRecorder {
  readonly name: string;
  readonly settings: Settings;
  period: StatePeriod;
  /** Consecutive successes if positive, consecutive failures if negative; 0 when a period starts to count. */
  streak = 0;
  /** Consecutive openings after a failed probe: the exponent of the back-off. */
  reopenings = 0;
  forced: ForcedState | undefined;
  /** Undefined unless one failure opens the circuit. */
  priming: Priming | undefined;
  events: EventHub<CircuitBreakerEvents> | undefined;
  calls = 0;
  success = 0;
  /** Undefined for a breaker that has only seen successes. */
  failureStats: FailureStats | undefined;

  constructor(name: string, settings: Settings) {
    this.name = name;
    this.settings = settings;
    this.period = createClosedPeriod(settings, this);
  }

  /** Synchronous, before anything is awaited: two callers in the same tick cannot take the same slot. */
  admit(): CallPermit | CircuitOpenError {
    this.calls++;
    const { period, settings } = this;
    if (period.state === 'closed') {
      const startedAt = period.onValue === undefined ? settings.clock.monotonicMs() : UNTIMED;
      return new CallPermit(this, period, startedAt, NO_LEASE);
    }
    const now = settings.clock.monotonicMs();
    this.#endOpenPeriod(now);
    const waitMs = this.#waitMs(now);
    const answer = waitMs === 0 ? this.#admitProbe(now) : this.#reject(waitMs);
    this.events?.deliver();
    return answer;
  }

  /** The state as of now. No timer ends an open period: the first read after its end does. */
  state(): CircuitState {
    if (this.period.state === 'open') {
      this.#endOpenPeriod(this.settings.clock.monotonicMs());
      this.events?.deliver();
    }
    return this.period.state;
  }

  /** Whole milliseconds until a call can be admitted; 0 = now. */
  retryAfterMs(): number {
    return this.state() === 'closed' ? 0 : this.#waitMs(this.settings.clock.monotonicMs());
  }

  conclude(permit: CallPermit, outcome: PermitOutcome, error?: unknown): void {
    const { period, startedAt, leaseEndsAt } = permit;
    if (startedAt === UNTIMED) return this.settle(period, outcome, error, false);
    const { clock, window } = this.settings;
    const now = clock.monotonicMs();
    if (period.state === 'half_open') period.probes.remove(permit);
    const slow = window !== undefined && now - startedAt >= window.slowCallDurationMs;
    this.settle(period, now < leaseEndsAt ? outcome : 'stale', error, slow);
  }

  /** The function of a call returned `value`. */
  returned(period: StatePeriod, value: unknown, permit?: CallPermit): void {
    this.#record(period, classifyResult(this.settings, value, this), FAILURE_RESULT, permit);
  }

  /** The function of a call threw, or its promise was rejected. */
  threw(period: StatePeriod, error: unknown, permit?: CallPermit, signal?: AbortSignal): void {
    this.#record(period, classifyError(this.settings, error, signal, this), error, permit);
  }

  #record(period: StatePeriod, outcome: PermitOutcome, error: unknown, permit: CallPermit | undefined): void {
    if (permit === undefined) this.settle(period, outcome, error, false);
    else permit.conclude(outcome, error);
  }

  /** Counts an outcome and, if the period that admitted the call is still the current one, lets it change the state. */
  settle(period: StatePeriod, outcome: PermitOutcome, error: unknown, slow: boolean): void {
    if (outcome === 'success') this.#succeeded(period, slow);
    else if (outcome === 'failure') this.#failed(period, error, slow);
    else this.#ignored(outcome);
  }

  #succeeded(period: StatePeriod, slow: boolean): void {
    if (period !== this.period) return this.#ignored('stale');
    this.success++;
    this.streak = Math.max(0, this.streak) + 1;
    const { events } = this;
    const notify = events?.hasListeners('success') === true;
    // A success changes nothing in a closed circuit without a window: the common case ends here.
    if (!notify && period.state === 'closed' && period.onValue !== undefined && period.window === undefined) return;
    if (notify) events?.push('success', { breaker: this.name, at: this.#epochMs() });
    this.#decide(period, false, slow);
    events?.deliver();
  }

  #failed(period: StatePeriod, error: unknown, slow: boolean): void {
    if (period !== this.period) return this.#ignored('stale');
    const at = this.#epochMs();
    this.#stats().recordFailure(error, at);
    this.streak = Math.min(0, this.streak) - 1;
    this.events?.push('failure', { breaker: this.name, at, error });
    this.#decide(period, true, slow);
    this.events?.deliver();
  }

  #ignored(reason: IgnoredReason): void {
    const stats = this.#stats();
    stats.ignored++;
    if (reason === 'stale') stats.stale++;
    this.events?.push('ignored', { breaker: this.name, at: this.#epochMs(), reason });
    this.events?.deliver();
  }

  #decide(period: StatePeriod, failed: boolean, slow: boolean): void {
    const { settings, streak } = this;
    if (slow) this.#stats().slow++;
    if (period.state === 'half_open') {
      if (failed || slow) this.#open(failed ? 'probe failed' : 'probe was slow');
      else if (streak >= settings.successThreshold) this.#enter('closed', 'probes succeeded');
      return;
    }
    const window = period.state === 'closed' ? period.window : undefined;
    window?.record(failed, slow);
    if (this.forced !== undefined) return;
    if (-streak >= settings.failureThreshold) return this.#open('failure threshold reached');
    const reason = window?.reasonToOpen() ?? (failed ? this.#primedReason() : undefined);
    if (reason !== undefined) this.#open(reason);
  }

  /** Opens as too many failures would, for one recovery period unless `openMs` is given; does nothing while open or forced. */
  trip(reason: string, openMs?: number): void {
    if (this.state() !== 'open' && this.forced === undefined) this.#open(reason, openMs);
    this.events?.deliver();
  }

  /** Lets one failure open the circuit for a while; does nothing unless closed and not forced. */
  prime(reason: string, forMs: number): void {
    if (this.state() !== 'closed' || this.forced !== undefined) return;
    const endsAt = this.settings.clock.monotonicMs() + forMs;
    if (endsAt > (this.priming?.endsAt ?? -Infinity)) this.priming = { reason, endsAt };
  }

  #primedReason(): string | undefined {
    const { priming, settings } = this;
    return priming !== undefined && settings.clock.monotonicMs() < priming.endsAt ? priming.reason : undefined;
  }

  /** Holds the circuit open or closed; undefined releases it, which closes it. */
  force(forced: ForcedState | undefined, reason: string): void {
    this.forced = forced;
    this.#enter(forced ?? 'closed', reason);
    this.events?.deliver();
  }

  /** Reports a problem outside of a call, such as a listener that threw. Never throws. */
  warn(message: string, cause?: unknown): void {
    report(this.settings.onWarning, `Circuit breaker "${this.name}": ${message}`, cause);
  }

  #open(reason: string, openMs?: number): void {
    const { settings } = this;
    const { maxRecoveryTimeoutMs, clock } = settings;
    this.reopenings = this.period.state === 'half_open' ? this.reopenings + 1 : 0;
    // From now, not from when the failed call started, and fixed: later failures do not move it.
    const periodMs = Math.min(maxRecoveryTimeoutMs, openMs ?? openPeriodMs(settings, this.reopenings));
    this.#enter('open', reason, clock.monotonicMs() + periodMs);
  }

  #endOpenPeriod(now: number): void {
    const { period } = this;
    if (period.state === 'open' && now >= period.endsAt) this.#enter('half_open', 'recovery timeout elapsed');
  }

  /** Starts a new period. One of the same state is no transition, and sends no event. */
  #enter(to: CircuitState, reason: string, endsAt = Infinity): void {
    const from = this.period.state;
    if (to !== 'open') this.streak = 0;
    if (to === 'closed') this.reopenings = 0;
    this.priming = undefined;
    this.period = this.#newPeriod(to, endsAt);
    if (from === to) return;
    const at = this.#epochMs();
    this.#stats().recordTransition(`${from}->${to}` as Transition, at);
    const retryAfterMs = this.#waitMs(this.settings.clock.monotonicMs());
    this.events?.push('transition', { breaker: this.name, from, to, reason, at, retryAfterMs });
  }

  #newPeriod(state: CircuitState, endsAt: number): StatePeriod {
    if (state === 'closed') return createClosedPeriod(this.settings, this);
    return state === 'open' ? { state, endsAt } : { state, probes: new ProbeSlots() };
  }

  #waitMs(now: number): number {
    const { period } = this;
    const { recoveryTimeoutMs, halfOpenMaxConcurrent } = this.settings;
    if (period.state === 'closed') return 0;
    if (period.state === 'half_open') return Math.ceil(period.probes.freeInMs(now, halfOpenMaxConcurrent));
    // A forced state has no known end; the recovery timeout is a sensible interval for asking again.
    return Math.max(1, Math.ceil(this.forced === undefined ? period.endsAt - now : recoveryTimeoutMs));
  }

  #admitProbe(now: number): CallPermit {
    const { period, settings } = this;
    const permit = new CallPermit(this, period, now, now + settings.halfOpenMaxWaitMs);
    return period.state === 'half_open' ? period.probes.add(permit, now) : permit;
  }

  #reject(waitMs: number): CircuitOpenError {
    this.#stats().rejected++;
    const at = this.#epochMs();
    const { state } = this.period;
    const reason = this.forced !== undefined ? 'forced' : state === 'open' ? 'open' : 'half_open_limit';
    this.events?.push('rejected', { breaker: this.name, at, reason, retryAfterMs: waitMs });
    return circuitOpenError(this.name, state, reason, waitMs, at + waitMs);
  }

  #stats(): FailureStats {
    return (this.failureStats ??= new FailureStats());
  }

  #epochMs(): number {
    return this.settings.clock.epochMs();
  }
}
