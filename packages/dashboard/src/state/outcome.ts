import { REJECTION_TYPES } from '../api/answers.ts';

/** Colour and symbol of what is shown. */
export type Tone = 'good' | 'warn' | 'bad' | 'neutral';

/**
 * `rejected`: the tool did not run (invalid input, rate limit, breaker, disabled). A call that its caller `cancelled` is not an error.
 */
export type OutcomeKind = 'succeeded' | 'failed' | 'rejected' | 'cancelled';

/** How a kind of outcome is coloured. */
export const outcomeTones: Readonly<Record<OutcomeKind, Tone>> = {
  succeeded: 'good',
  failed: 'bad',
  rejected: 'warn',
  cancelled: 'neutral',
};

const rejected: ReadonlySet<string> = new Set(REJECTION_TYPES);

/** @param outcome 'success' or an error type, as in events and the audit log */
export function outcomeKind(outcome: string): OutcomeKind {
  if (outcome === 'success') return 'succeeded';
  // A call that needs input of its client ends, and comes back as another.
  if (outcome === 'cancelled' || outcome === 'input_required') return 'cancelled';
  return rejected.has(outcome) ? 'rejected' : 'failed';
}
