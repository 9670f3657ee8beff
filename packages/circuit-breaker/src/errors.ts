import type { CircuitState } from './state.ts';

/** Why a call was rejected: the circuit is open, every probe slot is taken, or an operator forced the circuit open. */
export type RejectionReason = 'open' | 'half_open_limit' | 'forced';

const CAUSES: Record<RejectionReason, string> = {
  open: 'is open because recent calls failed',
  half_open_limit: 'is testing whether its dependency has recovered',
  forced: 'was switched off by an operator',
};

/** The latest time that a Date can represent; the longest open periods end after it. */
const MAX_DATE_MS = 8.64e15;

/** The breaker rejected the call; the function was not run. Has no stack trace, on purpose. */
export class CircuitOpenError extends Error {
  static {
    this.prototype.name = 'CircuitOpenError';
  }

  readonly code = 'CIRCUIT_OPEN';
  readonly breaker: string;
  readonly state: CircuitState;
  readonly reason: RejectionReason;
  /** Whole milliseconds until another attempt makes sense, 1 or more. */
  readonly retryAfterMs: number;
  /** The same as milliseconds since the Unix epoch. */
  readonly retryAt: number;

  constructor(breaker: string, state: CircuitState, reason: RejectionReason, retryAfterMs: number, retryAt: number) {
    super(`Circuit "${breaker}" ${CAUSES[reason]}; retry after ${retryAfterMs} ms`);
    this.breaker = breaker;
    this.state = state;
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
    this.retryAt = retryAt;
  }

  /** Text for a language model: what happened, when to retry, what to do instead. */
  get advice(): string {
    const moment = new Date(Math.min(this.retryAt, MAX_DATE_MS)).toISOString();
    const seconds = Math.ceil(this.retryAfterMs / 1000);
    return `"${this.breaker}" ${CAUSES[this.reason]}. Do not retry before ${moment} (in ${seconds} s): every earlier call is rejected without being run. Continue without it, or tell the user.`;
  }
}

function limitStackTrace(limit: number): void {
  try {
    Error.stackTraceLimit = limit;
  } catch {
    // Read-only in hardened environments. There the error has a stack; nothing else differs.
  }
}

/** Makes the error without capturing the stack: a rejection costs the same at any call depth and reveals no host paths. */
export function circuitOpenError(
  breaker: string,
  state: CircuitState,
  reason: RejectionReason,
  retryAfterMs: number,
  retryAt: number,
): CircuitOpenError {
  const limit = Error.stackTraceLimit;
  limitStackTrace(0);
  const error = new CircuitOpenError(breaker, state, reason, retryAfterMs, retryAt);
  limitStackTrace(limit);
  return error;
}

/** True for the error of any copy of this package; `instanceof` only recognises its own copy's. */
export function isCircuitOpenError(value: unknown): value is CircuitOpenError {
  return value instanceof Error && (value as Partial<CircuitOpenError>).code === 'CIRCUIT_OPEN';
}
