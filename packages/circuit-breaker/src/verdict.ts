import type { Verdict } from './permit.ts';
import type { Settings } from './settings.ts';
import type { Reporter } from './warning.ts';

/** What goes into the log for a returned value that `isFailureResult` called a failure. */
export const FAILURE_RESULT = { name: 'FailureResult', message: 'the returned value was judged a failure' };

/** A predicate that throws makes the call a failure, never a success: a broken rule must not hide a broken dependency. */
function ask<T>(
  predicate: (value: T) => boolean,
  value: T,
  broken: boolean,
  name: string,
  reporter: Reporter,
): boolean {
  try {
    const answer: unknown = predicate(value);
    if (!(answer instanceof Promise)) return Boolean(answer);
    // Every promise is truthy, so an async predicate would say yes to everything.
    answer.catch(() => undefined);
    throw new TypeError(`${name} must answer true or false at once, got a promise`);
  } catch (cause) {
    reporter.warn(`${name} threw, so the call counts as a failure`, cause);
    return broken;
  }
}

export function verdictOnResult(settings: Settings, result: unknown, reporter: Reporter): Verdict {
  const { isFailureResult } = settings;
  if (isFailureResult === undefined) return 'success';
  return ask(isFailureResult, result, true, 'isFailureResult', reporter) ? 'failure' : 'success';
}

/** A caller who gave up says nothing about the dependency. A deadline that ran out does: that is how a hung one shows. */
export function isCallersAbort(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true && !(signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError');
}

export function verdictOnError(
  settings: Settings,
  error: unknown,
  signal: AbortSignal | undefined,
  reporter: Reporter,
): Verdict {
  const { ignore, isFailure } = settings;
  if (isCallersAbort(signal)) return 'aborted';
  if (ignore !== undefined && ask(ignore, error, false, 'ignore', reporter)) return 'neutral_error';
  return isFailure === undefined || ask(isFailure, error, true, 'isFailure', reporter) ? 'failure' : 'success';
}
