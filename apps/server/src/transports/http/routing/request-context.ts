import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';

import type { Authenticator, AuthResult } from '../../../access/authenticator.ts';
import type { AuthFailureLimiter } from '../../../access/auth-failure-limiter.ts';
import type { Principal, Scope } from '../../../access/principal.ts';
import { problemResponse, type Rejection } from '../../../problem-details.ts';
import type { RejectionLog } from './rejection-log.ts';

/** What Hono's context carries in this server. */
export interface HttpEnv {
  Bindings: HttpBindings;
  Variables: { principal: Principal };
}

export type HttpContext = Context<HttpEnv>;

/** What stands between a request and a route that is not open to everyone. */
export interface AuthDependencies {
  readonly authenticator: Authenticator;
  readonly rejections: Pick<RejectionLog, 'record'>;
  readonly authFailures: Pick<AuthFailureLimiter, 'record'>;
}

/** Lets a request through to `handle` once its caller is known and has `scope`. */
export function requireScope(
  { authenticator, rejections, authFailures }: AuthDependencies,
  scope: Scope,
  handle: (context: HttpContext) => Response | Promise<Response>,
): (context: HttpContext) => Response | Promise<Response> {
  const rejectWith = (context: HttpContext, rejection: Rejection): Response => {
    rejections.record(context.env.incoming, rejection);
    return rejectionResponse(rejection);
  };
  const admit = (context: HttpContext, result: AuthResult): Response | Promise<Response> => {
    if (!result.ok) {
      const { headers, socket } = context.env.incoming;
      // To come without a credential is to ask what is needed here; to come with a wrong one may be guessing.
      const wrong = headers.authorization !== undefined && result.status === 401;
      const tooMany = wrong ? authFailures.record(socket.remoteAddress) : undefined;
      return rejectWith(context, tooMany ?? result);
    }
    const refused = authenticator.requireScope(result.principal, scope);
    if (refused) return rejectWith(context, refused);
    context.set('principal', result.principal);
    return handle(context);
  };
  return (context) => {
    // From node, which the guard has seen to hold at most one: Hono would make a `Headers` of all of them first.
    const result = authenticator.authenticate(context.env.incoming.headers.authorization);
    return result instanceof Promise ? result.then((result) => admit(context, result)) : admit(context, result);
  };
}

export function rejectionResponse(rejection: Rejection): Response {
  return problemResponse(rejection.problem, rejection.headers);
}

/** JSON that no cache keeps and no browser guesses a type for. */
export function jsonResponse(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: jsonHeaders });
}

const jsonHeaders = {
  'content-type': 'application/json',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};
