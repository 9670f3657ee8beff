import { systemClock, type Clock } from './clock.ts';
import type { OpenPeriodSettings } from './open-period.ts';
import type { CircuitBreakerOptions } from './options.ts';
import type { OnWarning } from './warning.ts';

/** A checked sliding window. What is switched off is Infinity. */
export interface WindowSettings {
  /** Calls; Infinity for a window over time. */
  readonly size: number;
  /** 0 for a window over calls, as is `buckets`. */
  readonly durationMs: number;
  readonly buckets: number;
  readonly failureRateThreshold: number;
  readonly minimumCalls: number;
  readonly slowCallDurationMs: number;
  readonly slowCallRateThreshold: number;
}

/** The options after checking: complete, copied, never changed. */
export interface Settings extends OpenPeriodSettings {
  readonly failureThreshold: number;
  readonly window: WindowSettings | undefined;
  readonly successThreshold: number;
  readonly halfOpenMaxConcurrent: number;
  readonly halfOpenMaxWaitMs: number;
  readonly isFailure: CircuitBreakerOptions['isFailure'];
  readonly isFailureResult: CircuitBreakerOptions['isFailureResult'];
  readonly ignore: CircuitBreakerOptions['ignore'];
  readonly onWarning: OnWarning | undefined;
  readonly clock: Clock;
}

const ANY = Number.MAX_SAFE_INTEGER;
/** The smallest rate threshold: at 0 a circuit would open on its first success. */
const LEAST_RATE = 0.001;

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return Object(value) === value ? typeof value : String(value);
}

function wrong(Kind: ErrorConstructor, option: string, allowed: string, given: unknown): Error {
  return new Kind(`CircuitBreaker option ${option} must be ${allowed}, got ${shown(given)}`);
}

/** Reads one options object member by member; `done` then refuses those that nobody asked for. */
class OptionsReader {
  readonly #source: Record<string, unknown>;
  readonly #prefix: string;
  readonly #known = new Set<string>();

  constructor(source: unknown, path = '') {
    if (Object(source) !== source) throw wrong(TypeError, path || 'list', 'an object', source);
    this.#source = source as Record<string, unknown>;
    this.#prefix = path && `${path}.`;
  }

  any(key: string): unknown {
    this.#known.add(key);
    return this.#source[key];
  }

  /** Without a fallback the option is required. */
  number(key: string, fallback: number | undefined, min: number, max: number = ANY, kind = 'number'): number {
    const value = this.any(key);
    // A fallback may lie outside: Infinity stands for what is switched off.
    if (value === undefined && fallback !== undefined) return fallback;
    const isNumber = typeof value === 'number';
    if (isNumber && value >= min && value <= max && (kind === 'number' || value % 1 === 0)) return value;
    throw wrong(isNumber ? RangeError : TypeError, this.#prefix + key, `a ${kind} from ${min} to ${max}`, value);
  }

  whole(key: string, fallback: number | undefined, max?: number): number {
    return this.number(key, fallback, 1, max, 'whole number');
  }

  functions(...keys: string[]): void {
    for (const key of keys) {
      const value = this.any(key);
      if (value !== undefined && typeof value !== 'function') {
        throw wrong(TypeError, this.#prefix + key, 'a function', value);
      }
    }
  }

  done(): void {
    for (const key of Object.keys(this.#source)) {
      if (!this.#known.has(key)) {
        throw new TypeError(`CircuitBreaker has no option ${this.#prefix + key}, only ${[...this.#known].join(', ')}`);
      }
    }
  }
}

export function readName(name: unknown): string {
  if (typeof name === 'string' && name !== '') return name;
  throw wrong(name === '' ? RangeError : TypeError, 'name', 'a string of 1 or more characters', name);
}

/** The signal of a call, null being none; a foreign one is told by its shape, so that one of another realm will do. */
export function readSignal(signal: unknown): AbortSignal | undefined {
  if (signal === undefined || signal instanceof AbortSignal) return signal;
  const { aborted, addEventListener } = Object(signal) as Partial<AbortSignal>;
  if (typeof aborted === 'boolean' && typeof addEventListener === 'function') return signal as AbortSignal;
  if (signal === null) return undefined;
  throw wrong(TypeError, 'signal', 'an AbortSignal', signal);
}

/** The options of a registry, but for what is in the defaults, which are checked as every breaker's options are. */
export function readRegistryLimit(options: object): number {
  const read = new OptionsReader(options);
  const limit = read.whole('maxBreakers', 1000);
  const defaults = read.any('defaults');
  if (defaults !== undefined && Object(defaults) !== defaults)
    throw wrong(TypeError, 'defaults', 'an object', defaults);
  read.done();
  return limit;
}

function readWindow(source: unknown): WindowSettings {
  const read = new OptionsReader(source, 'slidingWindow');
  const type = read.any('type');
  if (type !== 'count' && type !== 'time') throw wrong(TypeError, 'slidingWindow.type', '"count" or "time"', type);
  const counting = type === 'count';
  const size = counting ? read.whole('size', undefined, 1_000_000) : Infinity;
  const judgesSlowness = read.any('slowCallRateThreshold') !== undefined;
  const settings: WindowSettings = {
    size,
    durationMs: counting ? 0 : read.number('durationMs', undefined, 1),
    buckets: counting ? 0 : read.whole('buckets', 10, 1000),
    failureRateThreshold: read.number('failureRateThreshold', 0.5, LEAST_RATE, 1),
    minimumCalls: read.whole('minimumCalls', Math.min(10, size), Math.min(size, ANY)),
    slowCallDurationMs: read.number('slowCallDurationMs', judgesSlowness ? undefined : Infinity, 0),
    slowCallRateThreshold: read.number('slowCallRateThreshold', 1, LEAST_RATE, 1),
  };
  read.done();
  return settings;
}

function readClock(clock: unknown): Clock {
  if (clock === undefined) return systemClock;
  const { monotonicMs, epochMs } = Object(clock) as Partial<Clock>;
  if (typeof monotonicMs === 'function' && typeof epochMs === 'function') return clock as Clock;
  throw wrong(TypeError, 'clock', 'an object with the functions monotonicMs and epochMs', clock);
}

let latest: WeakRef<Settings> | undefined;

/** A fleet of breakers with equal options keeps them once. */
function shared<T extends object>(made: T, known: T | undefined): T {
  return known !== undefined && Object.keys(made).every((key) => Reflect.get(made, key) === Reflect.get(known, key))
    ? known
    : made;
}

/** Checks every option. Throws a TypeError or RangeError that names the option, what is allowed and what was given. */
export function readSettings(options: CircuitBreakerOptions): Settings {
  const read = new OptionsReader(options);
  read.functions('isFailure', 'isFailureResult', 'ignore', 'onWarning', 'random');
  const known = latest?.deref();
  const slidingWindow = read.any('slidingWindow');
  const recoveryTimeoutMs = read.number('recoveryTimeoutMs', 60_000, 0);
  const settings: Settings = {
    failureThreshold: read.whole('failureThreshold', slidingWindow === undefined ? 5 : Infinity),
    window: slidingWindow === undefined ? undefined : shared(readWindow(slidingWindow), known?.window),
    recoveryTimeoutMs,
    recoveryMultiplier: read.number('recoveryMultiplier', 1.5, 1),
    maxRecoveryTimeoutMs: read.number('maxRecoveryTimeoutMs', Math.max(300_000, recoveryTimeoutMs), recoveryTimeoutMs),
    jitter: read.number('jitter', 0.1, 0, 1),
    successThreshold: read.whole('successThreshold', 1),
    halfOpenMaxConcurrent: read.whole('halfOpenMaxConcurrent', 1),
    halfOpenMaxWaitMs: read.number('halfOpenMaxWaitMs', 30_000, 1),
    isFailure: options.isFailure,
    isFailureResult: options.isFailureResult,
    ignore: options.ignore,
    onWarning: options.onWarning,
    clock: readClock(read.any('clock')),
    random: options.random ?? Math.random,
  };
  for (const key of ['name', 'snapshot']) read.any(key);
  read.done();
  const result = shared(settings, known);
  if (result !== known) latest = new WeakRef(result);
  return result;
}
