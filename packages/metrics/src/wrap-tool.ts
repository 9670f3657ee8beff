import type { CallOutcome } from './outcome.ts';
import { ERROR_TYPES } from './outcome.ts';

export interface WrapOptions<A extends unknown[]> {
  /**
   * The abort signal among a call's arguments. When it aborts, the call is recorded at once as cancelled (as timed out when the
   * reason is a TimeoutError), even if the function never settles.
   */
  signal?: ((...args: A) => AbortSignal | undefined) | undefined;
  /** How an error that the function threw is recorded. @default {@link outcomeOfError} */
  classify?: ((error: unknown) => CallOutcome) | undefined;
}

interface Recorder {
  start(tool: string): { end(outcome: CallOutcome): void };
}

const KNOWN: ReadonlySet<string> = new Set(ERROR_TYPES.slice(1));

/**
 * What an error says about a call: AbortError is cancelled, TimeoutError timed out, `code: 'CIRCUIT_OPEN'` rejected by a
 * breaker; any other is a failure of the error type in its `type` property, or `execution_error` if that is none of ours.
 */
export function outcomeOfError(error: unknown): CallOutcome {
  const { name, code, type } = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>;
  if (name === 'AbortError') return { status: 'cancelled' };
  if (name === 'TimeoutError') return { status: 'timeout' };
  if (code === 'CIRCUIT_OPEN') return { status: 'rejected', errorType: 'circuit_breaker_open' };
  return { status: 'failure', errorType: typeof type === 'string' && KNOWN.has(type) ? type : 'execution_error' };
}

/**
 * See `ToolMetrics.wrap`. The wrapped function returns, throws or rejects as `fn` does, and has the same `this`. A thenable that is no promise (a lazy
 * query, say) comes back as a promise, because asking it twice could run it twice.
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

/** A callback of the user's must not break the call it only describes. */
function attempt<T>(callback: () => T, fallback: T): T {
  try {
    return callback();
  } catch {
    return fallback;
  }
}

/** Told by its shape, so that a signal of another realm or library will do. */
function asSignal(value: unknown): AbortSignal | undefined {
  const { aborted, addEventListener } = Object(value) as Partial<AbortSignal>;
  return typeof aborted === 'boolean' && typeof addEventListener === 'function' ? (value as AbortSignal) : undefined;
}

function isTimeout(reason: unknown): boolean {
  return typeof reason === 'object' && reason !== null && 'name' in reason && reason.name === 'TimeoutError';
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
