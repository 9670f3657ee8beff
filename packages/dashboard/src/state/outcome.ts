/**
 * `refused`: nothing was run (bad input, rate, breaker, switch). `cancelled` is what its caller wanted, so it is no error.
 */
export type OutcomeKind = 'succeeded' | 'failed' | 'refused' | 'cancelled';

const REFUSED: ReadonlySet<string> = new Set([
  'validation_error',
  'not_found',
  'disabled',
  'unauthorized',
  'forbidden',
  'resource_exhausted',
  'circuit_breaker_open',
]);

/** @param outcome 'success' or the type of an error, as events and the audit trail tell it */
export function outcomeKind(outcome: string): OutcomeKind {
  if (outcome === 'success') return 'succeeded';
  if (outcome === 'cancelled') return 'cancelled';
  return REFUSED.has(outcome) ? 'refused' : 'failed';
}
