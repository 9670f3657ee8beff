import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';

import type { Authenticator, AuthResult } from '../../../access/authenticator.ts';
import type { AuthFailureLimiter } from '../../../access/auth-failure-limiter.ts';
import type { Principal, Scope } from '../../../access/principal.ts';
import { problemResponse, type Rejection } from '../../../foundation/problem-details.ts';
import type { CallerShare } from '../connections/caller-share.ts';
import type { RefusedCredentials } from './refused-credentials.ts';
import type { RejectionLog } from './rejection-log.ts';

/** The types of Hono's context in this server. */
export interface HttpEnv {
  Bindings: HttpBindings;
  Variables: { principal: Principal };
}

export type HttpContext = Context<HttpEnv>;

/** What authentication needs. */
export interface AuthDependencies {
  readonly authenticator: Authenticator;
  readonly rejections: Pick<RejectionLog, 'record'>;
  readonly authFailures: Pick<AuthFailureLimiter, 'record'>;
  readonly refusedCredentials: Pick<RefusedCredentials, 'record'>;
  readonly callerShare: CallerShare;
}

/** The caller, or why the request is rejected; a promise only for a credential whose check has to wait. */
export type Admission = { readonly ok: true; readonly principal: Principal } | Rejection;

/** Authenticates the caller and checks `scope`. What is rejected is recorded. */
export function admitCaller(
  auth: AuthDependencies,
  scope: Scope,
  { incoming, outgoing }: HttpBindings,
): Admission | Promise<Admission> {
  // From Node, since Hono would first build a `Headers` object. The guard rejects a repeated header.
  const result = auth.authenticator.authenticate(incoming.headers.authorization, incoming.socket);
  const admit = (known: AuthResult): Admission => {
    const admission = admitted(auth, scope, known, { incoming, outgoing });
    if (!admission.ok) auth.rejections.record(incoming, admission);
    return admission;
  };
  return result instanceof Promise ? result.then(admit) : admit(result);
}

function admitted(
  { authenticator, authFailures, refusedCredentials, callerShare }: AuthDependencies,
  scope: Scope,
  result: AuthResult,
  { incoming, outgoing }: HttpBindings,
): Admission {
  const { headers, socket } = incoming;
  if (!result.ok) {
    // A request without a credential is no guess and does not count.
    if (headers.authorization === undefined) return result;
    refusedCredentials.record(incoming, result);
    const tooMany = result.status === 401 ? authFailures.record(socket.remoteAddress) : undefined;
    // The response says that there were too many; the log also what was wrong with this one.
    return tooMany ? { ...tooMany, ...(result.reason !== undefined && { reason: result.reason }) } : result;
  }
  const { principal } = result;
  const forbidden = authenticator.requireScope(principal, scope);
  if (forbidden) {
    refusedCredentials.record(incoming, forbidden, principal);
    return forbidden;
  }
  return callerShare.enter(principal.name, outgoing) ?? { ok: true, principal };
}

/** Authenticates the caller and checks `scope` before `handle` runs. */
export function requireScope(
  auth: AuthDependencies,
  scope: Scope,
  handle: (context: HttpContext) => Response | Promise<Response>,
): (context: HttpContext) => Response | Promise<Response> {
  const proceed = (context: HttpContext, admission: Admission): Response | Promise<Response> => {
    if (!admission.ok) return rejectionResponse(admission);
    context.set('principal', admission.principal);
    return handle(context);
  };
  return (context) => {
    const admission = admitCaller(auth, scope, context.env);
    return admission instanceof Promise
      ? admission.then((later) => proceed(context, later))
      : proceed(context, admission);
  };
}

export function rejectionResponse(rejection: Rejection): Response {
  return problemResponse(rejection.problem, rejection.headers);
}

/** A JSON response that is not cached and whose type browsers do not guess. */
export function jsonResponse(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: JSON_HEADERS });
}

export const JSON_HEADERS = {
  'content-type': 'application/json',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};
