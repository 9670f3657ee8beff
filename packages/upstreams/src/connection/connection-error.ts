/** What can go wrong between this process and an upstream, before its own answer is looked at. */

export type FailureKind =
  /** No connection: the name, the address, the port, TLS, or no answer to the first request. */
  | 'unreachable'
  /** The address is one that may not be connected to. */
  | 'refused_address'
  /** The upstream asks to be called somewhere else. */
  | 'redirect'
  /** The upstream no longer knows its session; the request did not run. */
  | 'session_lost'
  /** The connection ended after the request was sent and before its answer came. */
  | 'interrupted'
  /** One message was larger than allowed. */
  | 'too_large'
  /** What came is not a message of MCP. */
  | 'not_mcp';

export interface ConnectionErrorOptions {
  readonly mayHaveRun: boolean;
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** Its message is for the operator: it names the upstream's host at most, and never repeats what the upstream sent. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  readonly kind: FailureKind;
  /** Whether the upstream may have begun to work on the request. */
  readonly mayHaveRun: boolean;
  /** Milliseconds before which no attempt is made. */
  readonly retryAfterMs: number | undefined;

  constructor(kind: FailureKind, message: string, options: ConnectionErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.mayHaveRun = options.mayHaveRun;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The configuration no longer has the upstream. */
export function notUsed(): ConnectionError {
  return new ConnectionError('unreachable', 'The upstream is no longer used.', { mayHaveRun: false });
}

/** This side ended it while requests were on their way. */
export function connectionClosed(): ConnectionError {
  return new ConnectionError('interrupted', 'The connection was closed.', { mayHaveRun: true });
}
