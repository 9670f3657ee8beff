import { systemClock, type BreakerClock } from './clock.ts';
import type { OpenPeriodSettings } from './open-period.ts';
import type { CircuitBreakerOptions } from './options.ts';
import type { OnWarning } from './warning.ts';

/** A checked sliding window. Infinity stands for what is switched off. */
export interface WindowSettings {
  /** Calls; Infinity for a time window. */
  readonly size: number;
  /** 0 for a count window, as is `buckets`. */
  readonly durationMs: number;
  readonly buckets: number;
  readonly failureRateThreshold: number;
  readonly minimumCalls: number;
  readonly slowCallDurationMs: number;
  readonly slowCallRateThreshold: number;
}

/** The options after checking: complete and copied. */
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
  readonly clock: BreakerClock;
}

const MAX_NUMBER = Number.MAX_SAFE_INTEGER;
/** At a rate threshold of 0 a circuit would open at its first success. */
const MIN_RATE = 0.001;

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return Object(value) === value ? typeof value : String(value);
}

function invalid(Kind: ErrorConstructor, option: string, allowed: string, given: unknown): Error {
  return new Kind(`CircuitBreaker option ${option} must be ${allowed}, got ${describe(given)}`);
}

/** Reads one options object member by member; `rejectUnknown` then throws for the members that were not read. */
class OptionsReader {
  readonly #source: Record<string, unknown>;
  readonly #prefix: string;
  readonly #known = new Set<string>();

  constructor(source: unknown, path = '') {
    if (Object(source) !== source) throw invalid(TypeError, path || 'list', 'an object', source);
    this.#source = source as Record<string, unknown>;
    this.#prefix = path && `${path}.`;
  }

  value(key: string): unknown {
    this.#known.add(key);
    return this.#source[key];
  }

  /** @throws {TypeError} when it is not a number, or is missing and has no fallback */
  number(key: string, fallback: number | undefined, min: number, max: number = MAX_NUMBER, kind = 'number'): number {
    const value = this.value(key);
    // A fallback may be outside the range: Infinity stands for what is switched off.
    if (value === undefined && fallback !== undefined) return fallback;
    const isNumber = typeof value === 'number';
    if (isNumber && value >= min && value <= max && (kind === 'number' || value % 1 === 0)) return value;
    throw invalid(isNumber ? RangeError : TypeError, this.#prefix + key, `a ${kind} from ${min} to ${max}`, value);
  }

  whole(key: string, fallback: number | undefined, max?: number): number {
    return this.number(key, fallback, 1, max, 'whole number');
  }

  functions(...keys: string[]): void {
    for (const key of keys) {
      const value = this.value(key);
      if (value !== undefined && typeof value !== 'function') {
        throw invalid(TypeError, this.#prefix + key, 'a function', value);
      }
    }
  }

  rejectUnknown(): void {
    for (const key of Object.keys(this.#source)) {
      if (!this.#known.has(key)) {
        throw new TypeError(`CircuitBreaker has no option ${this.#prefix + key}, only ${[...this.#known].join(', ')}`);
      }
    }
  }
}

export function readName(name: unknown): string {
  if (typeof name === 'string' && name !== '') return name;
  throw invalid(name === '' ? RangeError : TypeError, 'name', 'a string of 1 or more characters', name);
}

/** The signal of a call; null means none, as for fetch. Signals of another realm are recognised by their shape. */
export function readSignal(signal: unknown): AbortSignal | undefined {
  if (signal === undefined || signal instanceof AbortSignal) return signal;
  const { aborted, addEventListener } = Object(signal) as Partial<AbortSignal>;
  if (typeof aborted === 'boolean' && typeof addEventListener === 'function') return signal as AbortSignal;
  if (signal === null) return undefined;
  throw invalid(TypeError, 'signal', 'an AbortSignal', signal);
}

/** Checks the options of a registry, except the members of its defaults. */
export function readRegistryLimit(options: object): number {
  const read = new OptionsReader(options);
  const limit = read.whole('maxBreakers', 1000);
  const defaults = read.value('defaults');
  if (defaults !== undefined && Object(defaults) !== defaults)
    throw invalid(TypeError, 'defaults', 'an object', defaults);
  read.rejectUnknown();
  return limit;
}

/** The options of `trip()`; undefined for a period as after failures. */
export function readOpenMs(options: unknown): number | undefined {
  if (options === undefined) return undefined;
  const read = new OptionsReader(options, 'trip');
  const openMs = read.value('openMs') === undefined ? undefined : read.number('openMs', undefined, 1);
  read.rejectUnknown();
  return openMs;
}

/** How long `prime()` lasts. */
export function readForMs(forMs: unknown): number {
  return new OptionsReader({ forMs }, 'prime').number('forMs', undefined, 1);
}

function readWindow(source: unknown): WindowSettings {
  const read = new OptionsReader(source, 'slidingWindow');
  const type = read.value('type');
  if (type !== 'count' && type !== 'time') throw invalid(TypeError, 'slidingWindow.type', '"count" or "time"', type);
  const isCount = type === 'count';
  const size = isCount ? read.whole('size', undefined, 1_000_000) : Infinity;
  const needsDuration = read.value('slowCallRateThreshold') !== undefined;
  const settings: WindowSettings = {
    size,
    durationMs: isCount ? 0 : read.number('durationMs', undefined, 1),
    buckets: isCount ? 0 : read.whole('buckets', 10, 1000),
    failureRateThreshold: read.number('failureRateThreshold', 0.5, MIN_RATE, 1),
    minimumCalls: read.whole('minimumCalls', Math.min(10, size), Math.min(size, MAX_NUMBER)),
    slowCallDurationMs: read.number('slowCallDurationMs', needsDuration ? undefined : Infinity, 0),
    slowCallRateThreshold: read.number('slowCallRateThreshold', 1, MIN_RATE, 1),
  };
  read.rejectUnknown();
  return settings;
}

function readClock(clock: unknown): BreakerClock {
  if (clock === undefined) return systemClock;
  const { monotonicMs, epochMs } = Object(clock) as Partial<BreakerClock>;
  if (typeof monotonicMs === 'function' && typeof epochMs === 'function') return clock as BreakerClock;
  throw invalid(TypeError, 'clock', 'an object with the functions monotonicMs and epochMs', clock);
}

let latest: WeakRef<Settings> | undefined;

/** Breakers with equal options share one settings object. */
function shared<T extends object>(made: T, known: T | undefined): T {
  return known !== undefined && Object.keys(made).every((key) => Reflect.get(made, key) === Reflect.get(known, key))
    ? known
    : made;
}

/**
 * Checks every option. The errors name the option, the allowed values and the given one.
 * @throws {TypeError} when an option has the wrong type, is missing or does not exist
 * @throws {RangeError} when an option is outside its range
 */
export function readSettings(options: CircuitBreakerOptions): Settings {
  const read = new OptionsReader(options);
  read.functions('isFailure', 'isFailureResult', 'ignore', 'onWarning', 'random');
  const known = latest?.deref();
  const slidingWindow = read.value('slidingWindow');
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
    clock: readClock(read.value('clock')),
    random: options.random ?? Math.random,
  };
  for (const key of ['name', 'snapshot']) read.value(key);
  read.rejectUnknown();
  const result = shared(settings, known);
  if (result !== known) latest = new WeakRef(result);
  return result;
}
