import type { CallOutcome } from './call-outcome.ts';
import { ERROR_TYPES } from './error-types.ts';

export interface WrapOptions<A extends unknown[]> {
  /**
   * Returns the abort signal among the arguments of a call. When it is aborted, the call is recorded at once as cancelled, or
   * as timed out if the reason is a TimeoutError, even if the function never settles.
   * @default none
   * @example (url, { signal }) => signal
   */
  signal?: ((...args: A) => AbortSignal | undefined) | undefined;
  /** How an exception of the function is recorded. @default {@link outcomeOfError} */
  classify?: ((error: unknown) => CallOutcome) | undefined;
}

interface Recorder {
  start(tool: string): { end(outcome: CallOutcome): void };
}

/**
 * The outcome of a call that threw: AbortError is cancelled, TimeoutError timed out, `code: 'CIRCUIT_OPEN'` rejected by a
 * breaker. Any other error is a failure with the error type of its property `type`, or `execution_error` if that is unknown.
 */
export function outcomeOfError(error: unknown, errorTypes: readonly string[] = ERROR_TYPES): CallOutcome {
  const { name, code, type } = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>;
  if (name === 'AbortError') return { status: 'cancelled' };
  if (name === 'TimeoutError') return { status: 'timeout' };
  if (code === 'CIRCUIT_OPEN') return { status: 'rejected', errorType: 'circuit_breaker_open' };
  return { status: 'failure', errorType: isKnown(type, errorTypes) ? type : 'execution_error' };
}

/**
 * See `ToolMetrics.wrap`. The wrapped function returns, throws or rejects as `fn` does, and passes its `this`. A thenable that
 * is no promise, such as a lazy query, is returned as a promise: calling its `then` twice could run it twice.
 */
export function wrapTool<A extends unknown[], R>(
  recorder: Recorder,
  tool: string,
  fn: (...args: A) => R,
  { signal: signalOf, classify = outcomeOfError }: WrapOptions<A> = {},
): (...args: A) => R {
  return function (this: unknown, ...args) {
    const call = recorder.start(tool);
    const signal = attempt(() => asSignal(signalOf?.(...args)), undefined);
    const onAbort = () => call.end({ status: isTimeout(signal?.reason) ? 'timeout' : 'cancelled' });
    const end = (outcome: CallOutcome) => {
      signal?.removeEventListener('abort', onAbort);
      call.end(outcome);
    };
    const fail = (error: unknown) => end(attempt(() => classify(error), FAILED));
    if (signal?.aborted) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      const result = fn.apply(this, args);
      if (!isThenable(result)) {
        end({ status: 'success' });
        return result;
      }
      const promise = result instanceof Promise ? result : Promise.resolve(result);
      promise.then(() => end({ status: 'success' }), fail);
      return promise as R;
    } catch (error) {
      fail(error);
      throw error;
    }
  };
}

const FAILED: CallOutcome = { status: 'failure', errorType: 'execution_error' };

/** An exception in a callback must not change the result of the call. */
function attempt<T>(callback: () => T, fallback: T): T {
  try {
    return callback();
  } catch {
    return fallback;
  }
}

/** Recognised by its shape, so that a signal of another realm or library works too. */
function asSignal(value: unknown): AbortSignal | undefined {
  const { aborted, addEventListener } = Object(value) as Partial<AbortSignal>;
  return typeof aborted === 'boolean' && typeof addEventListener === 'function' ? (value as AbortSignal) : undefined;
}

function isKnown(type: unknown, errorTypes: readonly string[]): type is string {
  return typeof type === 'string' && type !== 'none' && errorTypes.includes(type);
}

function isTimeout(reason: unknown): boolean {
  return typeof reason === 'object' && reason !== null && 'name' in reason && reason.name === 'TimeoutError';
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
