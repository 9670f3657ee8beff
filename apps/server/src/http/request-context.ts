import type { HttpBindings } from '@hono/node-server';
import type { Context, MiddlewareHandler } from 'hono';

import type { Authenticator } from '../access/authenticator.ts';
import type { FailedLogins } from '../access/failed-logins.ts';
import type { Principal, Scope } from '../access/principal.ts';
import { problemResponse, type Refusal } from './problem.ts';
import type { RefusalLog } from './refusal-log.ts';

/** What Hono's context carries in this server. */
export interface HttpEnv {
  Bindings: HttpBindings;
  Variables: { principal: Principal };
}

export type HttpContext = Context<HttpEnv>;

/** What stands between a request and a route that is not open to everyone. */
export interface Door {
  readonly authenticator: Authenticator;
  readonly refusals: Pick<RefusalLog, 'note'>;
  readonly logins: Pick<FailedLogins, 'note'>;
}

/** Lets a request through once its caller is known and has `scope`. */
export function requireScope({ authenticator, refusals, logins }: Door, scope: Scope): MiddlewareHandler<HttpEnv> {
  const turnAway = (context: HttpContext, refusal: Refusal): Response => {
    refusals.note(context.env.incoming, refusal);
    return refusalResponse(refusal);
  };
  return async (context, next) => {
    const authorization = context.req.header('authorization');
    const result = await authenticator.authenticate(authorization);
    if (!result.ok) {
      // To come without a credential is to ask what is needed here; to come with a wrong one may be guessing.
      const wrong = authorization !== undefined && result.status === 401;
      const tooMany = wrong ? logins.note(context.env.incoming.socket.remoteAddress) : undefined;
      return turnAway(context, tooMany ?? result);
    }
    const refused = authenticator.requireScope(result.principal, scope);
    if (refused) return turnAway(context, refused);
    context.set('principal', result.principal);
    return next();
  };
}

export function refusalResponse(refusal: Refusal): Response {
  return problemResponse(refusal.problem, refusal.headers);
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
