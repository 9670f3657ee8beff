import type { CircuitState, RejectionReason } from './errors.ts';
import type { Reporter } from './warning.ts';

/** Why an admitted call decided nothing. */
export type IgnoredReason = 'neutral_error' | 'aborted' | 'released' | 'stale';

/** What listeners are told. Moments (`at`) are milliseconds since the Unix epoch. */
export interface CircuitBreakerEvents {
  transition: {
    readonly breaker: string;
    readonly from: CircuitState;
    readonly to: CircuitState;
    /** Plain words: what led to it, or what the operator gave as the reason. */
    readonly reason: string;
    readonly at: number;
    /** Milliseconds until a call can be admitted; 0 if one can be now. */
    readonly retryAfterMs: number;
  };
  success: { readonly breaker: string; readonly at: number };
  failure: { readonly breaker: string; readonly at: number; readonly error: unknown };
  ignored: { readonly breaker: string; readonly at: number; readonly reason: IgnoredReason };
  rejected: {
    readonly breaker: string;
    readonly at: number;
    readonly reason: RejectionReason;
    readonly retryAfterMs: number;
  };
}

export const EVENT_NAMES: readonly (keyof CircuitBreakerEvents)[] = [
  'transition',
  'success',
  'failure',
  'ignored',
  'rejected',
];

/**
 * Delivers events after the state they tell of is in place. A listener may call the breaker again: what that causes is
 * delivered after the running event has reached everybody, so all listeners see one order.
 */
export class EventHub<Events> {
  readonly #names: readonly (keyof Events)[];
  readonly #reporter: Reporter;
  readonly #listeners: { readonly name: keyof Events; readonly call: (event: never) => unknown }[] = [];
  readonly #queue: { readonly name: keyof Events; readonly event: unknown }[] = [];
  #delivering = false;

  constructor(names: readonly (keyof Events)[], reporter: Reporter) {
    this.#names = names;
    this.#reporter = reporter;
  }

  /** Throws a TypeError for an event that is never sent or a listener that is no function. */
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => unknown): Disposable {
    if (!this.#names.includes(name)) throw new TypeError(`No event ${String(name)}, only ${this.#names.join(', ')}`);
    if (typeof listener !== 'function') throw new TypeError(`The listener must be a function, got ${typeof listener}`);
    const entry = { name, call: listener };
    this.#listeners.push(entry);
    return {
      [Symbol.dispose]: () => {
        const at = this.#listeners.indexOf(entry);
        if (at >= 0) this.#listeners.splice(at, 1);
      },
    };
  }

  /** Is anybody listening? Lets the caller spare itself building an event. */
  wants(name: keyof Events): boolean {
    return this.#listeners.some((listener) => listener.name === name);
  }

  push<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    this.#queue.push({ name, event });
  }

  deliver(): void {
    if (this.#delivering) return;
    this.#delivering = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      for (const { name, call } of this.#listeners.filter((listener) => listener.name === next?.name)) {
        this.#tell(call as (event: unknown) => unknown, next.event, name);
      }
    }
    this.#delivering = false;
  }

  #tell(call: (event: unknown) => unknown, event: unknown, name: keyof Events): void {
    const failed = (cause: unknown): void => this.#reporter.warn(`A listener for "${String(name)}" threw`, cause);
    try {
      // An async listener that fails must not end the process as an unhandled rejection.
      const result = call(event);
      if (result instanceof Promise) result.catch(failed);
    } catch (cause) {
      failed(cause);
    }
  }
}
