import { mock } from 'node:test';
import { CircuitBreaker } from '@mcp/circuit-breaker';
import * as cockatiel from 'cockatiel';
import OpossumBreaker from 'opossum';

/** What a scenario can configure; each adapter translates it to its library. */
export interface SubjectOptions {
  /** Failures that open the circuit. @default 3 */
  readonly failures?: number;
  /** @default 1000 */
  readonly recoveryMs?: number;
  readonly ignore?: (error: unknown) => boolean;
  /** Open at a 50 % failure rate over this many milliseconds instead, from ten calls on. */
  readonly windowMs?: number;
  /** Grow the recovery time with each re-opening, up to one minute. */
  readonly backOff?: boolean;
  readonly snapshot?: unknown;
}

export type Moment = 'open' | 'success' | 'failure';

/** One breaker of any library. */
export interface SubjectBreaker {
  run(fn: () => unknown, signal?: AbortSignal): Promise<unknown>;
  isClosed(): boolean;
  on(moment: Moment, listener: () => void): void;
  toJSON(): unknown;
}

export interface Subject {
  readonly name: string;
  create(options?: SubjectOptions): SubjectBreaker;
  /** Two breakers from one and the same options object. */
  createTwo(): readonly [SubjectBreaker, SubjectBreaker];
  /** A breaker with nothing configured; undefined if the library has no defaults. */
  createWithDefaults(): SubjectBreaker | undefined;
  /** Milliseconds until a retry, as in the error of a rejected call. */
  retryAfter(rejection: unknown): number | undefined;
  readonly features: ReadonlySet<'signal' | 'back-off'>;
}

let monotonic = 0;

let wallOffset = 0;

/** Virtual time for timers, `Date` and the clock that is injected into ours. */
export function useVirtualTime(): void {
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: 1_700_000_000_000 });
  const now = Date.now.bind(Date);
  Date.now = () => now() + wallOffset;
}

export function advance(ms: number): void {
  monotonic += ms;
  mock.timers.tick(ms);
}

/** Moves the wall clock only: timers are not touched by it, as they are not in a real process. */
export function stepWallClock(ms: number): void {
  wallOffset += ms;
}

function ours(breaker: CircuitBreaker): SubjectBreaker {
  return {
    run: (fn, signal) => breaker.execute(fn, { signal }),
    isClosed: () => breaker.state === 'closed',
    on: (moment, listener) => {
      if (moment === 'open') breaker.on('transition', ({ to }) => to === 'open' && listener());
      else breaker.on(moment, listener);
    },
    toJSON: () => breaker.toJSON(),
  };
}

const clock = { monotonicMs: (): number => monotonic, epochMs: (): number => Date.now() };

export const mcp: Subject = {
  name: '@mcp/circuit-breaker',
  create: ({ failures = 3, recoveryMs = 1000, ignore, windowMs, backOff = false, snapshot } = {}) =>
    ours(
      new CircuitBreaker({
        name: 'subject',
        clock,
        ignore,
        snapshot,
        recoveryTimeoutMs: recoveryMs,
        recoveryMultiplier: backOff ? 2 : 1,
        maxRecoveryTimeoutMs: Math.max(60_000, recoveryMs),
        ...(windowMs === undefined
          ? { failureThreshold: failures }
          : { slidingWindow: { type: 'time', durationMs: windowMs, minimumCalls: 10 } }),
        jitter: 0,
        onWarning: () => {},
      }),
    ),
  createTwo: () => {
    const options = { name: 'subject', clock, failureThreshold: 3 };
    return [ours(new CircuitBreaker(options)), ours(new CircuitBreaker(options))];
  },
  createWithDefaults: () => ours(new CircuitBreaker({ name: 'subject' })),
  retryAfter: (rejection) => (rejection as { retryAfterMs?: number }).retryAfterMs,
  features: new Set(['signal', 'back-off']),
};

function ofCockatiel(policy: cockatiel.CircuitBreakerPolicy): SubjectBreaker {
  return {
    run: (fn, signal) => policy.execute(() => fn(), signal),
    isClosed: () => policy.state === cockatiel.CircuitState.Closed,
    on: (moment, listener) => {
      if (moment === 'open') policy.onBreak(listener);
      else if (moment === 'success') policy.onSuccess(listener);
      else policy.onFailure(listener);
    },
    toJSON: () => policy.toJSON(),
  };
}

export const cockatielSubject: Subject = {
  name: 'cockatiel 4.0.0',
  create: ({ failures = 3, recoveryMs = 1000, ignore, windowMs, backOff = false, snapshot } = {}) =>
    ofCockatiel(
      cockatiel.circuitBreaker(
        ignore === undefined ? cockatiel.handleAll : cockatiel.handleWhen((error) => !ignore(error)),
        {
          halfOpenAfter: backOff
            ? new cockatiel.ExponentialBackoff({ initialDelay: recoveryMs, maxDelay: 60_000 })
            : recoveryMs,
          breaker:
            windowMs === undefined
              ? new cockatiel.ConsecutiveBreaker(failures)
              : new cockatiel.SamplingBreaker({ threshold: 0.5, duration: windowMs, minimumRps: 10_000 / windowMs }),
          ...(snapshot === undefined ? {} : { initialState: snapshot }),
        },
      ),
    ),
  createTwo: () => {
    const options = { halfOpenAfter: 1000, breaker: new cockatiel.ConsecutiveBreaker(3) };
    return [
      ofCockatiel(cockatiel.circuitBreaker(cockatiel.handleAll, options)),
      ofCockatiel(cockatiel.circuitBreaker(cockatiel.handleAll, options)),
    ];
  },
  createWithDefaults: () => undefined,
  retryAfter: () => undefined,
  features: new Set(['signal', 'back-off']),
};

type Action = () => unknown;

function ofOpossum(breaker: OpossumBreaker<[Action]>): SubjectBreaker {
  return {
    run: (fn) => breaker.fire(fn),
    isClosed: () => breaker.closed,
    on: (moment, listener) => {
      // The overloads of `on` are one per event; the listener takes nothing, so it suits each.
      (breaker.on as (event: string, listener: () => void) => unknown).call(breaker, moment, listener);
    },
    toJSON: () => breaker.toJSON(),
  };
}

const act = async (fn: Action): Promise<unknown> => fn();

export const opossumSubject: Subject = {
  name: 'opossum 10.0.0',
  create: ({ failures = 3, recoveryMs = 1000, ignore, windowMs, snapshot } = {}) =>
    ofOpossum(
      new OpossumBreaker(act, {
        timeout: false,
        resetTimeout: recoveryMs,
        errorThresholdPercentage: 49,
        volumeThreshold: windowMs === undefined ? failures : 10,
        ...(windowMs === undefined ? {} : { rollingCountTimeout: windowMs }),
        ...(ignore === undefined ? {} : { errorFilter: ignore }),
        ...(snapshot === undefined ? {} : { state: (snapshot as { state: OpossumBreaker.State }).state }),
      }),
    ),
  createTwo: () => {
    const options = { timeout: false as const, volumeThreshold: 3, resetTimeout: 1000 };
    return [ofOpossum(new OpossumBreaker(act, options)), ofOpossum(new OpossumBreaker(act, options))];
  },
  createWithDefaults: () => ofOpossum(new OpossumBreaker(act)),
  retryAfter: () => undefined,
  features: new Set(),
};

export const SUBJECTS: readonly Subject[] = [mcp, cockatielSubject, opossumSubject];
