import { http } from './node-http.ts';

/** An RFC 9457 problem. `type` names the rule and never changes for it; `detail` says what was wrong here. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly suggestion?: string;
  /** Milliseconds; also sent as `Retry-After`, in whole seconds rounded up. */
  readonly retryAfterMs?: number;
  readonly correlationId?: string;
}

/** The optional members of a problem. */
export type ProblemExtras = Pick<Problem, 'suggestion' | 'retryAfterMs' | 'correlationId'>;

/** A rejected request and the response to send. Nothing was started for it. */
export interface Rejection {
  readonly ok: false;
  readonly status: number;
  readonly problem: Problem;
  /** What exactly was wrong, for the log and the audit log only: `key_unknown`, `token_expired`, ... */
  readonly reason?: string;
  /** The API key that was rejected, where it is known; for the audit log only. */
  readonly keyName?: string;
  /** Headers of the response besides those of {@link problemResponse}; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * @param status HTTP status, 400-599
 * @param code lower-case name of the rule, for example `host_not_allowed`; `type` is `urn:mcp-server:problem:<code>`
 * @param detail what was wrong and what is allowed; never a secret, a path of this machine or a stack
 */
export function problem(status: number, code: string, detail: string, extras: ProblemExtras = {}): Problem {
  return {
    type: `urn:mcp-server:problem:${code}`,
    title: http.STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    ...extras,
  };
}

export function reject(
  status: number,
  code: string,
  detail: string,
  extras?: ProblemExtras,
  headers: Readonly<Record<string, string>> = {},
): Rejection {
  return { ok: false, status, problem: problem(status, code, detail, extras), headers };
}

/** `Retry-After` in seconds: rounded up, so that a client that waits exactly that long is accepted. */
export function retryAfterSeconds(retryAfterMs: number): string {
  return String(Math.max(1, Math.ceil(retryAfterMs / 1000)));
}

/** The headers every problem is sent with. */
export function problemHeaders(body: Problem): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  };
  if (body.retryAfterMs !== undefined) headers['retry-after'] = retryAfterSeconds(body.retryAfterMs);
  return headers;
}

export function problemResponse(body: Problem, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(body), {
    status: body.status,
    headers: { ...problemHeaders(body), ...headers },
  });
}
