import { CircuitBreaker } from './circuit-breaker.ts';
import { EventHub } from './events.ts';
import type { CircuitBreakerOptions } from './options.ts';
import { readRegistryLimit, readSettings } from './settings.ts';
import { report } from './warning.ts';

export type BreakerDefaults = Omit<CircuitBreakerOptions, 'name' | 'snapshot'>;

export type BreakerOverrides = Omit<CircuitBreakerOptions, 'name'>;

export interface CircuitBreakerRegistryOptions {
  /** Options of every breaker, unless overridden; copied. @default the defaults of CircuitBreaker */
  readonly defaults?: BreakerDefaults | undefined;
  /** How many breakers are kept, 1 or more; the least recently used are dropped first. @default 1000 */
  readonly maxBreakers?: number | undefined;
}

export interface CircuitBreakerRegistryEvents {
  added: CircuitBreaker;
  removed: CircuitBreaker;
}

/**
 * Breakers by name, created on first use and limited in number. An open or forced breaker is never dropped for the limit,
 * or a dependency that is down would start again with a closed one: the limit is exceeded until open periods end.
 */
export class CircuitBreakerRegistry implements Iterable<CircuitBreaker> {
  readonly #defaults: BreakerDefaults;
  readonly #maxBreakers: number;
  /** Least recently used first. */
  readonly #breakers = new Map<string, CircuitBreaker>();
  readonly #events: EventHub<CircuitBreakerRegistryEvents>;

  /**
   * @throws {TypeError} when an option or a default has the wrong type or does not exist
   * @throws {RangeError} when an option or a default is outside its range
   */
  constructor(options: CircuitBreakerRegistryOptions = {}) {
    this.#maxBreakers = readRegistryLimit(options);
    this.#defaults = { ...options.defaults };
    this.#events = new EventHub(
      { added: [], removed: [] },
      {
        warn: (message, cause) => report(this.#defaults.onWarning, `Circuit breaker registry: ${message}`, cause),
      },
    );
    // Checks the defaults now rather than at the first call.
    readSettings({ ...this.#defaults, name: 'defaults' });
  }

  get size(): number {
    return this.#breakers.size;
  }

  /**
   * The breaker of that name. A new one gets the defaults and those `overrides` that are not undefined; an existing one
   * keeps its options.
   * @throws {TypeError} when an override has the wrong type or does not exist
   * @throws {RangeError} when an override is outside its range
   */
  get(name: string, overrides?: BreakerOverrides): CircuitBreaker {
    const existing = this.#breakers.get(name);
    const breaker = existing ?? new CircuitBreaker({ ...this.#defaults, ...definedOnly(overrides), name });
    this.#breakers.delete(name);
    this.#breakers.set(name, breaker);
    if (existing === undefined) {
      this.#events.push('added', breaker);
      this.#enforceLimit(breaker);
      this.#events.deliver();
    }
    return breaker;
  }

  /** The breaker of that name, if there is one. Does not count as a use. */
  peek(name: string): CircuitBreaker | undefined {
    return this.#breakers.get(name);
  }

  /** Removes a breaker in any state; true if there was one. Calls that it admitted are not affected. */
  remove(name: string): boolean {
    const breaker = this.#breakers.get(name);
    if (breaker === undefined) return false;
    this.#drop(breaker);
    this.#events.deliver();
    return true;
  }

  /** Least recently used first. */
  names(): string[] {
    return [...this.#breakers.keys()];
  }

  [Symbol.iterator](): IterableIterator<CircuitBreaker> {
    return this.#breakers.values();
  }

  /** @throws {TypeError} when there is no such event or `listener` is not a function */
  on<Name extends keyof CircuitBreakerRegistryEvents>(
    name: Name,
    listener: (breaker: CircuitBreakerRegistryEvents[Name]) => unknown,
  ): Disposable {
    return this.#events.on(name, listener);
  }

  /** Drops closed breakers first, then half-open ones. Never the one just added. */
  #enforceLimit(added: CircuitBreaker): void {
    for (const droppable of ['closed', 'half_open'] as const) {
      for (const breaker of this.#breakers.values()) {
        if (this.#breakers.size <= this.#maxBreakers) return;
        if (breaker !== added && breaker.state === droppable && breaker.forced === undefined) this.#drop(breaker);
      }
    }
  }

  #drop(breaker: CircuitBreaker): void {
    this.#breakers.delete(breaker.name);
    this.#events.push('removed', breaker);
  }
}

/** As in every options object, an option set to undefined is an option left out. */
function definedOnly(overrides: BreakerOverrides | undefined): BreakerOverrides {
  return Object.fromEntries(Object.entries(overrides ?? {}).filter(([, value]) => value !== undefined));
}
