/** The errors of calls whose tool was not run. */
export const REJECTION_TYPES = [
  'validation_error',
  'not_found',
  'disabled',
  'unauthorized',
  'forbidden',
  'resource_exhausted',
  'circuit_breaker_open',
] as const;

export type RejectionType = (typeof REJECTION_TYPES)[number];

/** Everything that can go wrong with a call, as a client, a metric and a log line name it. */
export type ErrorType =
  | RejectionType
  | 'unavailable'
  | 'timeout'
  | 'tool_error'
  | 'execution_error'
  | 'cancelled'
  | 'internal_error';
