import type { CircuitState } from './circuit-state.ts';

/** Why a call was refused: the open period lasts, every probe slot is taken, or an operator holds the circuit open. */
export type RejectionReason = 'open' | 'half_open_limit' | 'forced';

const CAUSES: Record<RejectionReason, string> = {
  open: 'is open because recent calls failed',
  half_open_limit: 'is testing whether its dependency has recovered',
  forced: 'was switched off by an operator',
};

/** The last moment that a Date can name; the longest open periods end after it. */
const LAST_MOMENT = 8.64e15;

/** The breaker refused the call; the function was not run. Has no stack trace, on purpose. */
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
  /** The same moment as milliseconds since the Unix epoch. */
  readonly retryAt: number;

  constructor(breaker: string, state: CircuitState, reason: RejectionReason, retryAfterMs: number, retryAt: number) {
    super(`Circuit "${breaker}" ${CAUSES[reason]}; retry after ${retryAfterMs} ms`);
    this.breaker = breaker;
    this.state = state;
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
    this.retryAt = retryAt;
  }

  /** A sentence to hand to a language model as the text of a failed tool call. */
  get advice(): string {
    const moment = new Date(Math.min(this.retryAt, LAST_MOMENT)).toISOString();
    const seconds = Math.ceil(this.retryAfterMs / 1000);
    return `"${this.breaker}" ${CAUSES[this.reason]}. Do not retry before ${moment} (in ${seconds} s): every earlier call is refused without being run. Go on without it, or tell the user.`;
  }
}

function limitStackTrace(limit: number): void {
  try {
    Error.stackTraceLimit = limit;
  } catch {
    // Read-only in hardened environments: there a refusal has a stack, and all else is the same.
  }
}

/** Builds the error without walking the stack: a refusal costs the same at any call depth, and tells nothing of the host. */
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

/** True for a refusal by any copy of this package, where `instanceof` would only know its own. */
export function isCircuitOpenError(value: unknown): value is CircuitOpenError {
  return value instanceof Error && (value as Partial<CircuitOpenError>).code === 'CIRCUIT_OPEN';
}
