import type { CircuitState, Latch } from './circuit-state.ts';
import { EventHub, NO_LISTENERS, type CircuitBreakerEvents } from './events.ts';
import type { CircuitBreakerOptions } from './options.ts';
import { Admission, type Permit } from './permit.ts';
import type { CircuitBreakerSnapshot } from './saved-state.ts';
import { readName, readSettings, readSignal } from './settings.ts';
import { restoreInto, snapshotOf } from './snapshot.ts';
import { StateMachine } from './state-machine.ts';
import { statisticsOf, type CircuitBreakerStats } from './statistics.ts';
import { isCallersAbort } from './verdict.ts';

export interface ExecuteOptions {
  /** The caller's own signal: its abort makes the call neutral and frees a probe's slot at once. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Stops calling a dependency that fails, and finds out by itself when it is well again.
 *
 *     closed --too many failures--> open --recovery timeout--> half_open --probes succeed--> closed
 *                                     ^----- a probe fails ------'
 */
export class CircuitBreaker {
  readonly #machine: StateMachine;

  /** Throws a TypeError or RangeError that names the option, what is allowed and what was given. */
  constructor(options: CircuitBreakerOptions) {
    const settings = readSettings(options);
    this.#machine = new StateMachine(readName(options.name), settings);
    if (options.snapshot !== undefined) restoreInto(this.#machine, options.snapshot);
  }

  /** A breaker that goes on where the one that wrote the snapshot stopped; closed if the snapshot cannot be trusted. */
  static restore(snapshot: unknown, options: CircuitBreakerOptions): CircuitBreaker {
    // Nothing at all is no snapshot either, and is told apart from an option that was not given.
    return new CircuitBreaker({ ...options, snapshot: snapshot ?? null });
  }

  get name(): string {
    return this.#machine.name;
  }

  get state(): CircuitState {
    return this.#machine.state();
  }

  /** Which way an operator holds the circuit; undefined if it goes by its own judgement. */
  get forced(): Latch | undefined {
    return this.#machine.latch;
  }

  /** Whole milliseconds until a call would be admitted; 0 if one would be now. */
  get retryAfterMs(): number {
    return this.#machine.retryAfterMs();
  }

  /**
   * Runs `fn` if the circuit lets it, and settles as `fn` does. Rejects with a CircuitOpenError, without running `fn`,
   * if not; and with the signal's reason if that is aborted already.
   */
  execute<T>(fn: () => T | PromiseLike<T>, options?: ExecuteOptions): Promise<T> {
    if (typeof fn !== 'function') return Promise.reject(notAFunction(fn));
    const machine = this.#machine;
    const { epoch } = machine;
    // The common case shares two handlers between all calls of the epoch, and reads no clock.
    if (epoch.onValue !== undefined && options?.signal === undefined) {
      machine.calls++;
      return start(fn).then(epoch.onValue, epoch.onError);
    }
    return this.#executeWithPermit(fn, options?.signal);
  }

  /**
   * The same for a function that returns its result directly: a promise that it returns is a success at once.
   * Throws a CircuitOpenError if the circuit refuses.
   */
  executeSync<T>(fn: () => T): T {
    if (typeof fn !== 'function') throw notAFunction(fn);
    const machine = this.#machine;
    const { epoch } = machine;
    const permit = epoch.onValue === undefined ? this.#admitted() : undefined;
    if (permit === undefined) machine.calls++;
    let value: T;
    try {
      value = fn();
    } catch (error) {
      machine.threw(epoch, error, permit);
      throw error;
    }
    machine.returned(epoch, value, permit);
    return value;
  }

  /** `fn` with the breaker around it: same parameters, same `this`, a promise of the same result. */
  wrap<This, Args extends unknown[], T>(
    fn: (this: This, ...args: Args) => T | PromiseLike<T>,
  ): (this: This, ...args: Args) => Promise<T> {
    if (typeof fn !== 'function') throw notAFunction(fn);
    const execute = (call: () => T | PromiseLike<T>): Promise<T> => this.execute(call);
    return function wrapped(this: This, ...args: Args): Promise<T> {
      return execute(() => fn.apply(this, args));
    };
  }

  /** Leave to make one call and report on it. Throws a CircuitOpenError if the circuit refuses. */
  acquire(): Permit {
    return this.#admitted();
  }

  stats(): CircuitBreakerStats {
    return statisticsOf(this.#machine);
  }

  /** Tells `listener` of every such event from now on, until the returned handle is disposed of. */
  on<Name extends keyof CircuitBreakerEvents>(
    name: Name,
    listener: (event: CircuitBreakerEvents[Name]) => unknown,
  ): Disposable {
    this.#machine.events ??= new EventHub(NO_LISTENERS, this.#machine);
    return this.#machine.events.on(name, listener);
  }

  /** Refuses every call until `reset()`. */
  forceOpen(reason = 'forced open'): void {
    this.#machine.force('open', reason);
  }

  /** Admits every call, whatever the outcomes, until `reset()`. */
  forceClosed(reason = 'forced closed'): void {
    this.#machine.force('closed', reason);
  }

  /** Opens the circuit as failures would: it recovers by itself. Does nothing while it is open or forced. */
  trip(reason = 'tripped'): void {
    this.#machine.trip(reason);
  }

  /** Closed, nothing counted, back-off at its first value, no longer forced. Totals stay. */
  reset(reason = 'reset'): void {
    this.#machine.force(undefined, reason);
  }

  /** State, remaining time, back-off and window as plain JSON, for the `snapshot` option of a later breaker. */
  toJSON(): CircuitBreakerSnapshot {
    return snapshotOf(this.#machine);
  }

  #admitted(): Admission {
    const answer = this.#machine.admit();
    if (answer instanceof Admission) return answer;
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
      machine.settle(machine.epoch, 'aborted', undefined, false);
      return Promise.reject(signal.reason);
    }
    const permit = machine.admit();
    if (!(permit instanceof Admission)) return Promise.reject(permit);
    const onAbort = (): void => {
      if (isCallersAbort(signal)) permit.conclude('aborted');
    };
    // Only a probe holds something that others wait for.
    const watched = permit.epoch.state === 'half_open' ? signal : undefined;
    watched?.addEventListener('abort', onAbort);
    return start(fn).then(
      (value) => {
        watched?.removeEventListener('abort', onAbort);
        machine.returned(permit.epoch, value, permit);
        return value;
      },
      (error: unknown) => {
        watched?.removeEventListener('abort', onAbort);
        machine.threw(permit.epoch, error, permit, signal);
        throw error;
      },
    );
  }
}

/** Said before anything is counted: a mistake of the caller must not open the circuit. */
function notAFunction(fn: unknown): TypeError {
  return new TypeError(`CircuitBreaker runs functions, got ${typeof fn}`);
}

/** Adopts whatever `fn` gives: a value, a promise, a foreign thenable (asked once), or a throw. */
function start<T>(fn: () => T | PromiseLike<T>): Promise<T> {
  try {
    return Promise.resolve(fn());
  } catch (error) {
    return Promise.reject(error);
  }
}
