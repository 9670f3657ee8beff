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

const KNOWN: ReadonlySet<string> = new Set(ERROR_TYPES);

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

/** See `ToolMetrics.wrap`. The wrapped function returns, throws or rejects exactly as `fn` does. */
export function wrapTool<A extends unknown[], R>(
  recorder: Recorder,
  tool: string,
  fn: (...args: A) => R,
  { signal: signalOf, classify = outcomeOfError }: WrapOptions<A> = {},
): (...args: A) => R {
  return (...args) => {
    const call = recorder.start(tool);
    const signal = signalOf?.(...args);
    const onAbort = () => call.end(outcomeOfError(abortError(signal?.reason)));
    const end = (outcome: CallOutcome) => {
      signal?.removeEventListener('abort', onAbort);
      call.end(outcome);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      const result = fn(...args);
      if (isThenable(result)) {
        result.then(
          () => end({ status: 'success' }),
          (error: unknown) => end(classify(error)),
        );
      } else {
        end({ status: 'success' });
      }
      return result;
    } catch (error) {
      end(classify(error));
      throw error;
    }
  };
}

function abortError(reason: unknown): unknown {
  const timedOut = typeof reason === 'object' && reason !== null && 'name' in reason && reason.name === 'TimeoutError';
  return timedOut ? reason : { name: 'AbortError' };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
