import type { RejectionReason } from './errors.ts';
import type { CircuitState } from './state.ts';
import type { Reporter } from './warning.ts';

/** Why the result of an admitted call was not counted as a success or failure. */
export type IgnoredReason = 'neutral_error' | 'aborted' | 'released' | 'stale';

/** The events by name. `at` is in milliseconds since the Unix epoch. */
export interface CircuitBreakerEvents {
  transition: {
    readonly breaker: string;
    readonly from: CircuitState;
    readonly to: CircuitState;
    /** What caused it, as text; for a change by an operator, the given reason. */
    readonly reason: string;
    readonly at: number;
    /** Milliseconds until a call can be admitted; 0 = now. */
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
 * Delivers events after the state change they report. A listener may call the breaker again: the events of that call are
 * queued until every listener has received the current one, so all listeners see the same order.
 */
export class EventHub<Events> {
  readonly #reporter: Reporter;
  readonly #listeners: Record<keyof Events, readonly Listener[]>;
  readonly #queue: [name: keyof Events, event: unknown][] = [];
  #delivering = false;

  /** `none` has an empty list for each event name. */
  constructor(none: Record<keyof Events, readonly Listener[]>, reporter: Reporter) {
    this.#listeners = { ...none };
    this.#reporter = reporter;
  }

  /** @throws {TypeError} when there is no such event or `listener` is not a function */
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => unknown): Disposable {
    const listeners = this.#listeners;
    if (!Object.hasOwn(listeners, name) || typeof listener !== 'function') {
      throw new TypeError(
        `on() takes one of ${Object.keys(listeners).join(', ')} and a function, got ${String(name)} and a ${typeof listener}`,
      );
    }
    // A new function each time, so that a listener added twice can be removed once. Lists are replaced, never changed:
    // an event reaches the listeners that were registered when it was sent.
    const entry: Listener = (event) => listener(event as Events[Name]);
    listeners[name] = [...listeners[name], entry];
    return {
      [Symbol.dispose]: () => {
        listeners[name] = listeners[name].filter((other) => other !== entry);
      },
    };
  }

  /** Lets callers skip building an event that nobody receives. */
  hasListeners(name: keyof Events): boolean {
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
      for (const listener of this.#listeners[name]) this.#notify(listener, event, String(name));
    }
    this.#delivering = false;
  }

  #notify(listener: Listener, event: unknown, name: string): void {
    const failed = (cause: unknown): void => this.#reporter.warn(`a listener for "${name}" threw`, cause);
    try {
      const result = listener(event);
      // Otherwise an async listener that fails would end the process with an unhandled rejection.
      if (result instanceof Promise) result.catch(failed);
    } catch (cause) {
      failed(cause);
    }
  }
}
