import type { ExecutionAnswer } from '../api/answers.ts';
import { outcomeKind } from './outcome.ts';

/** Calls that ended alike, for one line: a tool that is called often fails often, and each line would push out the others. */
export interface FailureGroup {
  readonly outcome: string;
  readonly message: string;
  /** Among the calls that are known; there may have been more. */
  readonly count: number;
  /** Milliseconds since the epoch. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** The newest first. */
  readonly callers: readonly string[];
}

export interface FailureSummary {
  /** When the first of the failures after the last success ended; undefined when the last call that ran succeeded. */
  readonly failingSince: number | undefined;
  /** Undefined when there is none among the calls. */
  readonly lastSuccessAt: number | undefined;
  /** What the tool itself failed with comes before what was rejected because of it; then the newest first. */
  readonly groups: readonly FailureGroup[];
}

/** @param calls of one tool, newest first */
export function summarizeFailures(calls: readonly ExecutionAnswer[]): FailureSummary {
  const groups = new Map<string, FailureGroup>();
  for (const { outcome, message = '', at, caller } of calls) {
    if (!['failed', 'rejected'].includes(outcomeKind(outcome))) continue;
    const key = JSON.stringify([outcome, message]);
    const { count = 0, lastAt = at, callers = [] } = groups.get(key) ?? {};
    groups.set(key, {
      outcome,
      message,
      count: count + 1,
      firstAt: at,
      lastAt,
      callers: callers.includes(caller) ? callers : [...callers, caller],
    });
  }
  const rank = ({ outcome }: FailureGroup): number => (outcomeKind(outcome) === 'failed' ? 0 : 1);
  const lastSuccess = calls.findIndex(({ outcome }) => outcomeKind(outcome) === 'succeeded');
  const since = lastSuccess === -1 ? calls : calls.slice(0, lastSuccess);
  return {
    failingSince: since.findLast(({ outcome }) => outcomeKind(outcome) === 'failed')?.at,
    lastSuccessAt: calls[lastSuccess]?.at,
    groups: [...groups.values()].toSorted((a, b) => rank(a) - rank(b) || b.lastAt - a.lastAt),
  };
}
