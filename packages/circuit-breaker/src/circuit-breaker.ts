import { isCallersAbort } from './classify-outcome.ts';
import { configurationOf, type CircuitBreakerConfiguration } from './configuration.ts';
import { EventHub, NO_LISTENERS, type CircuitBreakerEvents } from './events.ts';
import type { CircuitBreakerOptions, TripOptions } from './options.ts';
import { CallPermit, type Permit } from './permit.ts';
import type { CircuitBreakerSnapshot } from './saved-state.ts';
import { readForMs, readName, readOpenMs, readSettings, readSignal } from './settings.ts';
import { restoreInto, snapshotOf } from './snapshot.ts';
import { StateMachine } from './state-machine.ts';
import type { CircuitState, ForcedState } from './state.ts';
import { statisticsOf, type CircuitBreakerStats } from './statistics.ts';

export interface ExecuteOptions {
  /** The caller's own signal. Aborting it makes the call neutral and frees a probe's slot at once. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Stops calls to a dependency that fails, and probes it until it has recovered. The states are in state.ts.
 */
export class CircuitBreaker {
  readonly #machine: StateMachine;

  /**
   * @throws {TypeError} when an option has the wrong type, is missing or does not exist
   * @throws {RangeError} when an option is outside its range
   */
  constructor(options: CircuitBreakerOptions) {
    const settings = readSettings(options);
    this.#machine = new StateMachine(readName(options.name), settings);
    if (options.snapshot !== undefined) restoreInto(this.#machine, options.snapshot);
  }

  /**
   * Continues where the breaker that wrote the snapshot stopped. An invalid snapshot gives a closed breaker and a warning.
   * @throws {TypeError} when an option has the wrong type, is missing or does not exist
   * @throws {RangeError} when an option is outside its range
   */
  static restore(snapshot: unknown, options: CircuitBreakerOptions): CircuitBreaker {
    // An undefined snapshot is invalid too, unlike an option that is left out.
    return new CircuitBreaker({ ...options, snapshot: snapshot ?? null });
  }

  get name(): string {
    return this.#machine.name;
  }

  /** The options in effect, as plain JSON. */
  get configuration(): CircuitBreakerConfiguration {
    return configurationOf(this.#machine.settings);
  }

  get state(): CircuitState {
    return this.#machine.state();
  }

  /** The state in which an operator holds the circuit; undefined while it decides by itself. */
  get forced(): ForcedState | undefined {
    return this.#machine.forced;
  }

  /** Whole milliseconds until a call can be admitted; 0 = now. */
  get retryAfterMs(): number {
    return this.#machine.retryAfterMs();
  }

  /**
   * Runs `fn` if the circuit admits the call, and settles as `fn` does.
   * @throws {CircuitOpenError} when the call is rejected; `fn` is not run
   * @throws the signal's reason when it is already aborted; `fn` is not run
   * @throws {TypeError} when `fn` is not a function or `signal` is not an AbortSignal
   */
  execute<T>(fn: () => T | PromiseLike<T>, options?: ExecuteOptions): Promise<T> {
    if (typeof fn !== 'function') return Promise.reject(notAFunction(fn));
    const machine = this.#machine;
    const { period } = machine;
    // The common case reads no clock and creates no handlers: those of the period serve all its calls.
    if (period.state === 'closed' && period.onValue !== undefined && options?.signal === undefined) {
      machine.calls++;
      return start(fn).then(period.onValue, period.onError);
    }
    return this.#executeWithPermit(fn, options?.signal);
  }

  /**
   * The same for a synchronous function; a promise that it returns counts as a success at once.
   * @throws {CircuitOpenError} when the call is rejected; `fn` is not run
   * @throws {TypeError} when `fn` is not a function
   */
  executeSync<T>(fn: () => T): T {
    if (typeof fn !== 'function') throw notAFunction(fn);
    const machine = this.#machine;
    const { period } = machine;
    const permit = period.state === 'closed' && period.onValue !== undefined ? undefined : this.#admitted();
    if (permit === undefined) machine.calls++;
    let value: T;
    try {
      value = fn();
    } catch (error) {
      machine.threw(period, error, permit);
      throw error;
    }
    machine.returned(period, value, permit);
    return value;
  }

  /**
   * A function with the parameters and the `this` of `fn` that runs it with `execute`.
   * @throws {TypeError} when `fn` is not a function
   */
  wrap<This, Args extends unknown[], T>(
    fn: (this: This, ...args: Args) => T | PromiseLike<T>,
  ): (this: This, ...args: Args) => Promise<T> {
    if (typeof fn !== 'function') throw notAFunction(fn);
    const execute = (call: () => T | PromiseLike<T>): Promise<T> => this.execute(call);
    return function wrapped(this: This, ...args: Args): Promise<T> {
      return execute(() => fn.apply(this, args));
    };
  }

  /**
   * Permission to make one call, whose outcome the caller reports on the permit.
   * @throws {CircuitOpenError} when the call is rejected
   */
  acquire(): Permit {
    return this.#admitted();
  }

  /** Counts, recent errors and times, as plain JSON. */
  stats(): CircuitBreakerStats {
    return statisticsOf(this.#machine);
  }

  /**
   * Calls `listener` for every such event until the returned handle is disposed.
   * @throws {TypeError} when there is no such event or `listener` is not a function
   */
  on<Name extends keyof CircuitBreakerEvents>(
    name: Name,
    listener: (event: CircuitBreakerEvents[Name]) => unknown,
  ): Disposable {
    this.#machine.events ??= new EventHub(NO_LISTENERS, this.#machine);
    return this.#machine.events.on(name, listener);
  }

  /** Rejects every call until `reset()`. */
  forceOpen(reason = 'forced open'): void {
    this.#machine.force('open', reason);
  }

  /** Admits every call until `reset()`, whatever the outcomes. */
  forceClosed(reason = 'forced closed'): void {
    this.#machine.force('closed', reason);
  }

  /**
   * Opens the circuit as failures would, so that it recovers by itself. Does nothing while it is open or forced.
   * @throws {TypeError} when an option has the wrong type or does not exist
   * @throws {RangeError} when `openMs` is outside its range
   */
  trip(reason = 'tripped', options?: TripOptions): void {
    this.#machine.trip(reason, readOpenMs(options));
  }

  /**
   * Makes one failure enough to open the circuit: its dependency was seen to fail elsewhere. Successes do not end it; a transition and
   * `reset()` do. Of two that overlap, the one that ends later counts. Does nothing unless the circuit is closed and not forced.
   * @param reason the `reason` of the transition, if a failure then opens the circuit that would not have opened it otherwise
   * @param forMs how many milliseconds it lasts, 1 or more
   * @throws {TypeError} when `forMs` is not a number
   * @throws {RangeError} when `forMs` is outside its range
   */
  prime(reason: string, forMs: number): void {
    this.#machine.prime(reason, readForMs(forMs));
  }

  /** Closes the circuit, ends a forced state and starts counting and back-off anew. Totals stay. */
  reset(reason = 'reset'): void {
    this.#machine.force(undefined, reason);
  }

  /** State, remaining time, back-off and window as plain JSON, for the `snapshot` option of a later breaker. */
  toJSON(): CircuitBreakerSnapshot {
    return snapshotOf(this.#machine);
  }

  #admitted(): CallPermit {
    const answer = this.#machine.admit();
    if (answer instanceof CallPermit) return answer;
    throw answer;
  }

  #executeWithPermit<T>(fn: () => T | PromiseLike<T>, given: unknown): Promise<T> {
    const machine = this.#machine;
    let signal: AbortSignal | undefined;
    try {
      signal = readSignal(given);
    } catch (error) {
      return Promise.reject(error);
    }
    if (signal?.aborted === true) {
      machine.calls++;
      machine.settle(machine.period, 'aborted', undefined, false);
      return Promise.reject(signal.reason);
    }
    const permit = machine.admit();
    if (!(permit instanceof CallPermit)) return Promise.reject(permit);
    const onAbort = (): void => {
      if (isCallersAbort(signal)) permit.conclude('aborted');
    };
    // Only a probe holds a slot that other callers need.
    const watched = permit.period.state === 'half_open' ? signal : undefined;
    watched?.addEventListener('abort', onAbort);
    return start(fn).then(
      (value) => {
        watched?.removeEventListener('abort', onAbort);
        machine.returned(permit.period, value, permit);
        return value;
      },
      (error: unknown) => {
        watched?.removeEventListener('abort', onAbort);
        machine.threw(permit.period, error, permit, signal);
        throw error;
      },
    );
  }
}

/** Thrown before anything is counted: a mistake of the caller must not open the circuit. */
function notAFunction(fn: unknown): TypeError {
  return new TypeError(`CircuitBreaker runs functions, got ${typeof fn}`);
}

/** Adopts whatever `fn` gives: a value, a promise, a thenable (its `then` is called once), or an exception. */
function start<T>(fn: () => T | PromiseLike<T>): Promise<T> {
  try {
    return Promise.resolve(fn());
  } catch (error) {
    return Promise.reject(error);
  }
}
