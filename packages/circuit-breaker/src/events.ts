import type { CircuitState } from './circuit-state.ts';
import type { RejectionReason } from './errors.ts';
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

export const NO_LISTENERS: Record<keyof CircuitBreakerEvents, readonly never[]> = {
  transition: [],
  success: [],
  failure: [],
  ignored: [],
  rejected: [],
};

type Listener = (event: unknown) => unknown;

/**
 * Delivers events after the state they tell of is in place. A listener may call the breaker again: what that causes is
 * delivered after the running event has reached everybody, so all listeners see one order.
 */
export class EventHub<Events> {
  readonly #reporter: Reporter;
  readonly #listeners: Record<keyof Events, readonly Listener[]>;
  readonly #queue: [name: keyof Events, event: unknown][] = [];
  #delivering = false;

  /** `none` is an object with an empty list for each event there is. */
  constructor(none: Record<keyof Events, readonly Listener[]>, reporter: Reporter) {
    this.#listeners = { ...none };
    this.#reporter = reporter;
  }

  /** Throws a TypeError for an event that is never sent or a listener that is no function. */
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => unknown): Disposable {
    const listeners = this.#listeners;
    if (!Object.hasOwn(listeners, name) || typeof listener !== 'function') {
      throw new TypeError(
        `on() takes one of ${Object.keys(listeners).join(', ')} and a function, got ${String(name)} and a ${typeof listener}`,
      );
    }
    // A function of its own, so that one listener may be added twice and taken away once. Lists are replaced, never
    // changed: an event reaches those who listened when it was sent.
    const entry: Listener = (event) => listener(event as Events[Name]);
    listeners[name] = [...listeners[name], entry];
    return {
      [Symbol.dispose]: () => {
        listeners[name] = listeners[name].filter((other) => other !== entry);
      },
    };
  }

  /** Is anybody listening? Spares the caller building an event. */
  wants(name: keyof Events): boolean {
    return this.#listeners[name].length > 0;
  }

  push<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    this.#queue.push([name, event]);
  }

  deliver(): void {
    if (this.#queue.length === 0 || this.#delivering) return;
    this.#delivering = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      const [name, event] = next;
      for (const listener of this.#listeners[name]) this.#tell(listener, event, String(name));
    }
    this.#delivering = false;
  }

  #tell(listener: Listener, event: unknown, name: string): void {
    const failed = (cause: unknown): void => this.#reporter.warn(`a listener for "${name}" threw`, cause);
    try {
      const result = listener(event);
      // An async listener that fails must not end the process as an unhandled rejection.
      if (result instanceof Promise) result.catch(failed);
    } catch (cause) {
      failed(cause);
    }
  }
}
