import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';

import type { Authenticator, AuthResult } from '../../../access/authenticator.ts';
import type { AuthFailureLimiter } from '../../../access/auth-failure-limiter.ts';
import type { Principal, Scope } from '../../../access/principal.ts';
import { problemResponse, type Rejection } from '../../../problem-details.ts';
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

/** Authenticates the caller and checks `scope` before `handle` runs. */
export function requireScope(
  { authenticator, rejections, authFailures, refusedCredentials, callerShare }: AuthDependencies,
  scope: Scope,
  handle: (context: HttpContext) => Response | Promise<Response>,
): (context: HttpContext) => Response | Promise<Response> {
  const respondRejected = (context: HttpContext, rejection: Rejection): Response => {
    rejections.record(context.env.incoming, rejection);
    return rejectionResponse(rejection);
  };
  const admit = (context: HttpContext, result: AuthResult): Response | Promise<Response> => {
    if (!result.ok) {
      const { headers, socket } = context.env.incoming;
      // A request without a credential is no guess and does not count.
      if (headers.authorization === undefined) return respondRejected(context, result);
      refusedCredentials.record(socket.remoteAddress, result);
      const tooMany = result.status === 401 ? authFailures.record(socket.remoteAddress) : undefined;
      return respondRejected(context, tooMany ?? result);
    }
    const forbidden = authenticator.requireScope(result.principal, scope);
    if (forbidden) {
      refusedCredentials.record(context.env.incoming.socket.remoteAddress, forbidden, result.principal);
      return respondRejected(context, forbidden);
    }
    const rejected = callerShare.enter(result.principal.name, context.env.outgoing);
    if (rejected) return respondRejected(context, rejected);
    context.set('principal', result.principal);
    return handle(context);
  };
  return (context) => {
    // From Node, since Hono would first build a `Headers` object. The guard rejects a repeated header.
    const result = authenticator.authenticate(context.env.incoming.headers.authorization);
    return result instanceof Promise ? result.then((result) => admit(context, result)) : admit(context, result);
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
