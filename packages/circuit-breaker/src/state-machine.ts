import type { CircuitState, Latch } from './circuit-state.ts';
import { Epoch } from './epoch.ts';
import { circuitOpenError, type CircuitOpenError } from './errors.ts';
import type { CircuitBreakerEvents, EventHub, IgnoredReason } from './events.ts';
import { createWindow } from './failure-window.ts';
import { Incidents, type Transition } from './incidents.ts';
import { openPeriodMs } from './open-period.ts';
import { Admission, NO_LEASE, UNTIMED, type Judge, type Verdict } from './permit.ts';
import type { CircuitBreakerSnapshot } from './saved-state.ts';
import type { Settings } from './settings.ts';
import { FAILURE_RESULT, verdictOnError, verdictOnResult } from './verdict.ts';
import { report } from './warning.ts';

/**
 * What the breaker knows and decides:
 *
 *     admit -> Admission --(the call runs)--> conclude -> settle -> decide -> enter -> events
 *          \-> CircuitOpenError
 *
 * Nothing here waits: no timer, no promise. Listeners hear of a step when it is complete.
 */
export class StateMachine implements Judge {
  readonly name: string;
  readonly settings: Settings;
  epoch: Epoch;
  /** Outcomes alike in a row: successes above zero, failures below. Zero where a state begins to count. */
  streak = 0;
  /** Openings in a row that followed a failed probe: the exponent of the back-off. */
  reopenings = 0;
  latch: Latch | undefined;
  events: EventHub<CircuitBreakerEvents> | undefined;
  calls = 0;
  success = 0;
  incidents: Incidents | undefined;

  constructor(name: string, settings: Settings) {
    this.name = name;
    this.settings = settings;
    this.epoch = this.#closedEpoch();
  }

  /** One synchronous pass, before anything is awaited: two callers in the same tick cannot take the same slot. */
  admit(): Admission | CircuitOpenError {
    this.calls++;
    const { epoch, settings } = this;
    if (epoch.state === 'closed') {
      return new Admission(this, epoch, epoch.onValue === undefined ? settings.clock.monotonicMs() : UNTIMED, NO_LEASE);
    }
    const now = settings.clock.monotonicMs();
    this.#endOpenPeriod(now);
    const waitMs = this.#waitMs(now);
    const answer = waitMs === 0 ? this.#probe(now) : this.#refuse(waitMs);
    this.events?.deliver();
    return answer;
  }

  /** The state as of now: time alone ends an open period, and whoever looks first finds it ended. */
  state(): CircuitState {
    if (this.epoch.state === 'open') {
      this.#endOpenPeriod(this.settings.clock.monotonicMs());
      this.events?.deliver();
    }
    return this.epoch.state;
  }

  /** Whole milliseconds until a call can be admitted; 0 = now. */
  retryAfterMs(): number {
    return this.state() === 'closed' ? 0 : this.#waitMs(this.settings.clock.monotonicMs());
  }

  conclude(permit: Admission, verdict: Verdict, error?: unknown): void {
    const { epoch, startedAt, leaseEndsAt } = permit;
    if (startedAt === UNTIMED) return this.settle(epoch, verdict, error, false);
    const { clock, window } = this.settings;
    const now = clock.monotonicMs();
    epoch.removeProbe(permit);
    const slow = window !== undefined && now - startedAt >= window.slowCallDurationMs;
    this.settle(epoch, now < leaseEndsAt ? verdict : 'stale', error, slow);
  }

  /** The function of a call came back with `value`. */
  returned(epoch: Epoch, value: unknown, permit?: Admission): void {
    this.#book(epoch, verdictOnResult(this.settings, value, this), FAILURE_RESULT, permit);
  }

  /** The function of a call threw, or its promise was rejected. */
  threw(epoch: Epoch, error: unknown, permit?: Admission, signal?: AbortSignal): void {
    this.#book(epoch, verdictOnError(this.settings, error, signal, this), error, permit);
  }

  #book(epoch: Epoch, verdict: Verdict, error: unknown, permit: Admission | undefined): void {
    if (permit === undefined) this.settle(epoch, verdict, error, false);
    else permit.conclude(verdict, error);
  }

  /** Books an outcome and, if the epoch that admitted the call still lasts, lets it decide. */
  settle(epoch: Epoch, verdict: Verdict, error: unknown, slow: boolean): void {
    if (verdict === 'success') this.#succeeded(epoch, slow);
    else if (verdict === 'failure') this.#failed(epoch, error, slow);
    else this.#ignored(verdict);
  }

  #succeeded(epoch: Epoch, slow: boolean): void {
    if (epoch !== this.epoch) return this.#ignored('stale');
    this.success++;
    this.streak = Math.max(0, this.streak) + 1;
    const { events } = this;
    const heard = events?.wants('success') === true;
    // To a closed circuit without a window a success says nothing new: the common case ends here.
    if (!heard && epoch.onValue !== undefined && epoch.window === undefined) return;
    if (heard) events?.push('success', { breaker: this.name, at: this.#epochMs() });
    this.#decide(false, slow);
    events?.deliver();
  }

  #failed(epoch: Epoch, error: unknown, slow: boolean): void {
    if (epoch !== this.epoch) return this.#ignored('stale');
    const at = this.#epochMs();
    this.#noted().failed(error, at);
    this.streak = Math.min(0, this.streak) - 1;
    this.events?.push('failure', { breaker: this.name, at, error });
    this.#decide(true, slow);
    this.events?.deliver();
  }

  #ignored(reason: IgnoredReason): void {
    const incidents = this.#noted();
    incidents.ignored++;
    if (reason === 'stale') incidents.stale++;
    this.events?.push('ignored', { breaker: this.name, at: this.#epochMs(), reason });
    this.events?.deliver();
  }

  #decide(failed: boolean, slow: boolean): void {
    const { settings, epoch, streak } = this;
    if (slow) this.#noted().slow++;
    if (epoch.state === 'half_open') {
      if (failed || slow) this.#open(failed ? 'probe failed' : 'probe was slow');
      else if (streak >= settings.successThreshold) this.#enter('closed', 'probes succeeded');
      return;
    }
    const { window } = epoch;
    window?.record(failed, slow);
    if (this.latch !== undefined) return;
    if (-streak >= settings.failureThreshold) return this.#open('failure threshold reached');
    const excess = window?.excess();
    if (excess !== undefined) this.#open(excess);
  }

  /** Opens for one recovery period, as too many failures would; does nothing while open or latched. */
  trip(reason: string): void {
    if (this.state() !== 'open' && this.latch === undefined) this.#open(reason);
    this.events?.deliver();
  }

  /** Holds the circuit open or closed, or lets go of it, which closes it. */
  force(latch: Latch | undefined, reason: string): void {
    this.latch = latch;
    this.#enter(latch ?? 'closed', reason);
    this.events?.deliver();
  }

  /** Goes on from a checked snapshot; the window, if any, has been loaded into the closed epoch already. */
  resume(saved: CircuitBreakerSnapshot, elapsedMs: number): void {
    const { clock, maxRecoveryTimeoutMs } = this.settings;
    this.latch = saved.forced ?? undefined;
    this.streak = saved.streak;
    this.reopenings = saved.reopenings;
    if (saved.state === 'closed') return;
    const leftMs = Math.min(maxRecoveryTimeoutMs, saved.remainingMs - elapsedMs);
    const ends = saved.state === 'open' && this.latch === undefined;
    this.epoch = new Epoch(saved.state, ends ? clock.monotonicMs() + leftMs : Infinity);
  }

  /** Something went wrong beside a call. Reported, and never more than that. */
  warn(message: string, cause?: unknown): void {
    report(this.settings.onWarning, `Circuit breaker "${this.name}": ${message}`, cause);
  }

  #open(reason: string): void {
    const { settings } = this;
    this.reopenings = this.epoch.state === 'half_open' ? this.reopenings + 1 : 0;
    // Counted from here, not from when the failed call began, and fixed: later failures do not move it.
    this.#enter('open', reason, settings.clock.monotonicMs() + openPeriodMs(settings, this.reopenings));
  }

  #endOpenPeriod(now: number): void {
    if (this.epoch.state === 'open' && now >= this.epoch.endsAt) this.#enter('half_open', 'recovery timeout elapsed');
  }

  /** Begins a state period. One that repeats the state is no transition: nobody hears of it. */
  #enter(to: CircuitState, reason: string, endsAt = Infinity): void {
    const from = this.epoch.state;
    if (to !== 'open') this.streak = 0;
    if (to === 'closed') this.reopenings = 0;
    this.epoch = to === 'closed' ? this.#closedEpoch() : new Epoch(to, endsAt);
    if (from === to) return;
    const at = this.#epochMs();
    this.#noted().changed(`${from}->${to}` as Transition, at);
    const retryAfterMs = this.#waitMs(this.settings.clock.monotonicMs());
    this.events?.push('transition', { breaker: this.name, from, to, reason, at, retryAfterMs });
  }

  #closedEpoch(): Epoch {
    const { window, clock } = this.settings;
    const epoch = new Epoch('closed', Infinity);
    if (window !== undefined) epoch.window = createWindow(window, clock);
    if (window === undefined || window.slowCallDurationMs === Infinity) {
      epoch.onValue = (value) => {
        this.returned(epoch, value);
        return value;
      };
      epoch.onError = (error) => {
        this.threw(epoch, error);
        throw error;
      };
    }
    return epoch;
  }

  #waitMs(now: number): number {
    const { state, endsAt } = this.epoch;
    const { recoveryTimeoutMs, halfOpenMaxConcurrent } = this.settings;
    if (state !== 'open') return Math.ceil(this.epoch.slotFreeInMs(now, halfOpenMaxConcurrent));
    // An operator's latch has no known end; the recovery timeout is the pace at which asking again makes sense.
    return Math.max(1, Math.ceil(this.latch === undefined ? endsAt - now : recoveryTimeoutMs));
  }

  #probe(now: number): Admission {
    const { epoch, settings } = this;
    return epoch.addProbe(new Admission(this, epoch, now, now + settings.halfOpenMaxWaitMs), now);
  }

  #refuse(waitMs: number): CircuitOpenError {
    this.#noted().rejected++;
    const at = this.#epochMs();
    const { state } = this.epoch;
    const reason = this.latch !== undefined ? 'forced' : state === 'open' ? 'open' : 'half_open_limit';
    this.events?.push('rejected', { breaker: this.name, at, reason, retryAfterMs: waitMs });
    return circuitOpenError(this.name, state, reason, waitMs, at + waitMs);
  }

  #noted(): Incidents {
    return (this.incidents ??= new Incidents());
  }

  #epochMs(): number {
    return this.settings.clock.epochMs();
  }
}
