/**
 * `rejected`: the tool did not run (invalid input, rate limit, breaker, disabled). A call that its caller `cancelled` is not an error.
 */
export type OutcomeKind = 'succeeded' | 'failed' | 'rejected' | 'cancelled';

const REJECTED: ReadonlySet<string> = new Set([
  'validation_error',
  'not_found',
  'disabled',
  'unauthorized',
  'forbidden',
  'resource_exhausted',
  'circuit_breaker_open',
]);

/** @param outcome 'success' or an error type, as in events and the audit log */
export function outcomeKind(outcome: string): OutcomeKind {
  if (outcome === 'success') return 'succeeded';
  if (outcome === 'cancelled') return 'cancelled';
  return REJECTED.has(outcome) ? 'rejected' : 'failed';
}
