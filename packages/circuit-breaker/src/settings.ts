import { systemClock, type Clock } from './clock.ts';
import type { OpenPeriodSettings } from './open-period.ts';
import type { CircuitBreakerOptions } from './options.ts';
import type { OnWarning } from './warning.ts';

/** A checked sliding window. What is switched off is Infinity. */
export interface WindowSettings {
  readonly type: 'count' | 'time';
  readonly size: number;
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

  constructor(source: unknown, path: string) {
    if (Object(source) !== source) throw wrong(TypeError, path || 'list', 'an object', source);
    this.#source = source as Record<string, unknown>;
    this.#prefix = path && `${path}.`;
  }

  any(key: string): unknown {
    this.#known.add(key);
    return this.#source[key];
  }

  number(key: string, fallback: number, min: number, max: number = ANY, kind = 'number'): number {
    const value = this.any(key);
    if (value === undefined) return fallback;
    const allowed = `a ${kind} from ${min} to ${max}`;
    if (typeof value !== 'number') throw wrong(TypeError, this.#prefix + key, allowed, value);
    if (!(value >= min && value <= max) || (kind !== 'number' && value % 1 !== 0)) {
      throw wrong(RangeError, this.#prefix + key, allowed, value);
    }
    return value;
  }

  whole(key: string, fallback: number, max?: number): number {
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
  if (typeof name !== 'string') throw wrong(TypeError, 'name', 'a string', name);
  if (name === '') throw wrong(RangeError, 'name', 'a string of 1 or more characters', name);
  return name;
}

/** One whole number from an options object of another class. */
export function readWhole(source: object, key: string, fallback: number): number {
  return new OptionsReader(source, '').whole(key, fallback);
}

function readWindow(source: unknown): WindowSettings {
  const read = new OptionsReader(source, 'slidingWindow');
  const type = read.any('type');
  if (type !== 'count' && type !== 'time') throw wrong(TypeError, 'slidingWindow.type', '"count" or "time"', type);
  const counting = type === 'count';
  // Read by number, not by default: each kind of window has no meaning without its extent.
  const size = counting ? read.whole('size', Number.NaN, 1_000_000) : Infinity;
  const durationMs = counting ? Infinity : read.number('durationMs', Number.NaN, 1);
  if (Number.isNaN(size * durationMs))
    throw wrong(TypeError, `slidingWindow.${counting ? 'size' : 'durationMs'}`, 'given', undefined);
  const slowCallDurationMs = read.number('slowCallDurationMs', Infinity, 0);
  const settings: WindowSettings = {
    type,
    size,
    durationMs,
    buckets: counting ? 1 : read.whole('buckets', 10, 1000),
    failureRateThreshold: read.number('failureRateThreshold', 0.5, LEAST_RATE, 1),
    minimumCalls: read.whole('minimumCalls', Math.min(10, size), size),
    slowCallDurationMs,
    slowCallRateThreshold: read.number('slowCallRateThreshold', 1, LEAST_RATE, 1),
  };
  if (slowCallDurationMs === Infinity && read.any('slowCallRateThreshold') !== undefined) {
    throw wrong(TypeError, 'slidingWindow.slowCallDurationMs', 'given with slowCallRateThreshold', undefined);
  }
  read.done();
  return settings;
}

function readClock(clock: unknown): Clock {
  if (clock === undefined) return systemClock;
  const { monotonicMs, epochMs } = Object(clock) as Partial<Clock>;
  if (typeof monotonicMs === 'function' && typeof epochMs === 'function') return clock as Clock;
  throw wrong(TypeError, 'clock', 'an object with the functions monotonicMs and epochMs', clock);
}

/** Checks every option. Throws a TypeError or RangeError that names the option, what is allowed and what was given. */
export function readSettings(options: CircuitBreakerOptions): Settings {
  const read = new OptionsReader(options, '');
  read.functions('isFailure', 'isFailureResult', 'ignore', 'onWarning', 'random');
  const slidingWindow = read.any('slidingWindow');
  const recoveryTimeoutMs = read.number('recoveryTimeoutMs', 60_000, 0);
  const settings: Settings = {
    failureThreshold: read.whole('failureThreshold', slidingWindow === undefined ? 5 : Infinity),
    window: slidingWindow === undefined ? undefined : readWindow(slidingWindow),
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
  return settings;
}
