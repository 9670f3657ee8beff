/** Everything that can go wrong with a call, as a client, a metric and a log line name it. */
export type ErrorType =
  | 'validation_error'
  | 'not_found'
  | 'disabled'
  | 'unauthorized'
  | 'forbidden'
  | 'resource_exhausted'
  | 'circuit_breaker_open'
  | 'unavailable'
  | 'timeout'
  | 'tool_error'
  | 'execution_error'
  | 'cancelled'
  | 'internal_error';
