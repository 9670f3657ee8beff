/** How a call can end. `rejected` means that it never ran: invalid input, rate limit, open breaker. */
export const CALL_STATUSES = ['success', 'failure', 'timeout', 'rejected', 'cancelled'] as const;
export type CallStatus = (typeof CALL_STATUSES)[number];

/** The argument of `ToolCall.end`. Only `status` is required. */
export interface CallOutcome {
  status: CallStatus;
  /** A value of the label `error_type`; any other text counts as `other`. @default `timeout`, `cancelled` or `other`, by status */
  errorType?: string | undefined;
  /** Milliseconds the call ran, 0 to {@link MAX_DURATION_MS}. @default measured from `start` */
  durationMs?: number | undefined;
  /** Milliseconds the call waited before it ran, 0 to {@link MAX_DURATION_MS}. */
  queueMs?: number | undefined;
  /** Bytes of output, 0 to 2^53 - 1. */
  outputBytes?: number | undefined;
  /** Trace id for the exemplar of the histogram bucket: 1 to 64 letters, digits, `_` or `-`. */
  traceId?: string | undefined;
}

/** Seven days. A longer duration comes from a wrong clock or unit, and is rejected. */
export const MAX_DURATION_MS: number = 7 * 24 * 3600 * 1000;

export const SUCCESS = 0;
export const FAILURE = 1;
export const TIMEOUT = 2;
export const REJECTED = 3;
export const CANCELLED = 4;

const statusIndexes = new Map<unknown, number>(CALL_STATUSES.map((status, index) => [status, index]));

/** The index of a status; undefined for any other value. */
export function statusIndex(status: unknown): number | undefined {
  // The common case: comparing one interned string is cheaper than a map lookup.
  return status === 'success' ? SUCCESS : statusIndexes.get(status);
}
