/** How a call can end. `rejected` means that it never ran: refused input, rate limit, open breaker. */
export const CALL_STATUSES = ['success', 'failure', 'timeout', 'rejected', 'cancelled'] as const;
export type CallStatus = (typeof CALL_STATUSES)[number];

/**
 * Every value the label `error_type` can have. The set is fixed, so that no caller can make series by inventing error names:
 * `none` belongs to successes, and any text outside the set is recorded as `other`.
 */
export const ERROR_TYPES = [
  'none',
  'validation_error',
  'not_found',
  'disabled',
  'unauthorized',
  'forbidden',
  'resource_exhausted',
  'circuit_breaker_open',
  'unavailable',
  'timeout',
  'tool_error',
  'execution_error',
  'cancelled',
  'internal_error',
  'other',
] as const;
export type ErrorTypeLabel = (typeof ERROR_TYPES)[number];

/** What `ToolCall.end` is told. Only `status` is required. */
export interface CallOutcome {
  status: CallStatus;
  /** One of {@link ERROR_TYPES}; anything else becomes `other`. By default `timeout`, `cancelled` or `other`, after the status. */
  errorType?: string | undefined;
  /** Milliseconds the call ran, 0 to {@link MAX_DURATION_MS}. Measured from `start` when absent. */
  durationMs?: number | undefined;
  /** Milliseconds the call waited before it ran, 0 to {@link MAX_DURATION_MS}. */
  queueMs?: number | undefined;
  /** Bytes of output, 0 to 2^53 - 1. */
  outputBytes?: number | undefined;
  /** Trace id for the exemplar of the histogram bucket: 1 to 64 letters, digits, `_` or `-`. */
  traceId?: string | undefined;
}

/** Seven days: longer is a broken clock or a wrong unit, and is refused. */
export const MAX_DURATION_MS: number = 7 * 24 * 3600 * 1000;

export const SUCCESS = 0;
export const FAILURE = 1;
export const TIMEOUT = 2;
export const REJECTED = 3;
export const CANCELLED = 4;

/** The error type of a success. */
export const NO_ERROR = 0;

/** Number of counters a record keeps: one for each unsuccessful status with each error type but `none`. */
export const OUTCOME_COUNT: number = (CALL_STATUSES.length - 1) * (ERROR_TYPES.length - 1);
const OTHER = ERROR_TYPES.indexOf('other');

const statusIndexes = new Map<unknown, number>(CALL_STATUSES.map((status, index) => [status, index]));
const errorTypeIndexes = new Map<unknown, number>(ERROR_TYPES.map((type, index) => [type, index]));
const defaultErrorTypes = CALL_STATUSES.map((status) =>
  status === 'success' ? NO_ERROR : (errorTypeIndexes.get(status) ?? OTHER),
);

/** The status's number, or undefined for a text that is no status. */
export function statusIndex(status: unknown): number | undefined {
  // Nearly every call; comparing one interned string is cheaper than hashing it.
  return status === 'success' ? SUCCESS : statusIndexes.get(status);
}

/** The error type's number for a call that did not succeed; undefined for a text outside the set. */
export function errorTypeIndex(status: number, errorType: unknown): number | undefined {
  if (errorType === undefined) return defaultErrorTypes[status];
  const index = errorTypeIndexes.get(errorType);
  return index === NO_ERROR ? undefined : index;
}

export const OTHER_ERROR_TYPE: number = OTHER;

/** Position of an unsuccessful (status, error type) pair among a record's counters. */
export function outcomeIndex(status: number, errorType: number): number {
  return (status - 1) * (ERROR_TYPES.length - 1) + errorType - 1;
}
