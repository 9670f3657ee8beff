import { CircuitBreaker } from './circuit-breaker.ts';
import { EventHub } from './events.ts';
import type { CircuitBreakerOptions } from './options.ts';
import { readRegistryLimit, readSettings } from './settings.ts';
import { report } from './warning.ts';

export type BreakerDefaults = Omit<CircuitBreakerOptions, 'name' | 'snapshot'>;

export type BreakerOverrides = Omit<CircuitBreakerOptions, 'name'>;

export interface CircuitBreakerRegistryOptions {
  /** What every breaker gets that is not overridden; copied. @default the defaults of CircuitBreaker */
  readonly defaults?: BreakerDefaults | undefined;
  /** How many breakers are kept, 1 or more; the least recently used go first. @default 1000 */
  readonly maxBreakers?: number | undefined;
}

export interface CircuitBreakerRegistryEvents {
  added: CircuitBreaker;
  removed: CircuitBreaker;
}

/**
 * Breakers by name, made on first use and bounded in number. A circuit that is open or forced is never dropped to make
 * room, or a dead dependency would come back as a new one; while all are open, the bound gives way until periods end.
 */
export class CircuitBreakerRegistry implements Iterable<CircuitBreaker> {
  readonly #defaults: BreakerDefaults;
  readonly #maxBreakers: number;
  /** Least recently used first. */
  readonly #breakers = new Map<string, CircuitBreaker>();
  readonly #events: EventHub<CircuitBreakerRegistryEvents>;

  constructor(options: CircuitBreakerRegistryOptions = {}) {
    this.#maxBreakers = readRegistryLimit(options);
    this.#defaults = { ...options.defaults };
    this.#events = new EventHub(
      { added: [], removed: [] },
      {
        warn: (message, cause) => report(this.#defaults.onWarning, `Circuit breaker registry: ${message}`, cause),
      },
    );
    // A default that is wrong is told here, not at the first call.
    readSettings({ ...this.#defaults, name: 'defaults' });
  }

  get size(): number {
    return this.#breakers.size;
  }

  /** The breaker of that name, made with the defaults and `overrides` (those that are not undefined) if there is none yet. */
  get(name: string, overrides?: BreakerOverrides): CircuitBreaker {
    const known = this.#breakers.get(name);
    const breaker = known ?? new CircuitBreaker({ ...this.#defaults, ...given(overrides), name });
    this.#breakers.delete(name);
    this.#breakers.set(name, breaker);
    if (known === undefined) {
      this.#events.push('added', breaker);
      this.#makeRoom(breaker);
      this.#events.deliver();
    }
    return breaker;
  }

  /** The breaker of that name, if there is one; does not count as a use. */
  peek(name: string): CircuitBreaker | undefined {
    return this.#breakers.get(name);
  }

  /** Forgets a breaker in whatever state; true if there was one. Calls it admitted still end well. */
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

  on<Name extends keyof CircuitBreakerRegistryEvents>(
    name: Name,
    listener: (breaker: CircuitBreakerRegistryEvents[Name]) => unknown,
  ): Disposable {
    return this.#events.on(name, listener);
  }

  /** Closed circuits go first; then half-open ones, whose protection has lapsed. The newcomer stays. */
  #makeRoom(newcomer: CircuitBreaker): void {
    for (const expendable of ['closed', 'half_open'] as const) {
      for (const breaker of this.#breakers.values()) {
        if (this.#breakers.size <= this.#maxBreakers) return;
        if (breaker !== newcomer && breaker.state === expendable && breaker.forced === undefined) this.#drop(breaker);
      }
    }
  }

  #drop(breaker: CircuitBreaker): void {
    this.#breakers.delete(breaker.name);
    this.#events.push('removed', breaker);
  }
}

/** An option set to undefined counts as not given, here as anywhere. */
function given(overrides: BreakerOverrides | undefined): BreakerOverrides {
  return Object.fromEntries(Object.entries(overrides ?? {}).filter(([, value]) => value !== undefined));
}
