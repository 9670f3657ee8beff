import type { PermitOutcome } from './permit.ts';
import type { Settings } from './settings.ts';
import type { Reporter } from './warning.ts';

/** Recorded as the error of a call whose returned value `isFailureResult` classified as a failure. */
export const FAILURE_RESULT = { name: 'FailureResult', message: 'the returned value counts as a failure' };

/** A predicate that throws makes the call a failure, never a success: a broken rule must not hide a broken dependency. */
function evaluate<T>(
  predicate: (value: T) => boolean,
  value: T,
  valueIfBroken: boolean,
  name: string,
  reporter: Reporter,
): boolean {
  try {
    const answer: unknown = predicate(value);
    if (!(answer instanceof Promise)) return Boolean(answer);
    // Every promise is truthy, so an async predicate would always be true.
    answer.catch(() => undefined);
    throw new TypeError(`${name} must answer true or false at once, got a promise`);
  } catch (cause) {
    reporter.warn(`${name} threw, so the call counts as a failure`, cause);
    return valueIfBroken;
  }
}

export function classifyResult(settings: Settings, result: unknown, reporter: Reporter): PermitOutcome {
  const { isFailureResult } = settings;
  if (isFailureResult === undefined) return 'success';
  return evaluate(isFailureResult, result, true, 'isFailureResult', reporter) ? 'failure' : 'success';
}

/**
 * True when the caller cancelled, which says nothing about the dependency. A timeout does say something: a dependency
 * that hangs shows in no other way.
 */
export function isCallersAbort(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true && !(signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError');
}

export function classifyError(
  settings: Settings,
  error: unknown,
  signal: AbortSignal | undefined,
  reporter: Reporter,
): PermitOutcome {
  const { ignore, isFailure } = settings;
  if (isCallersAbort(signal)) return 'aborted';
  if (ignore !== undefined && evaluate(ignore, error, false, 'ignore', reporter)) return 'neutral_error';
  return isFailure === undefined || evaluate(isFailure, error, true, 'isFailure', reporter) ? 'failure' : 'success';
}
