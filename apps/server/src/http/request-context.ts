import type { HttpBindings } from '@hono/node-server';
import type { Context, MiddlewareHandler } from 'hono';

import type { Authenticator } from '../access/authenticator.ts';
import type { Principal, Scope } from '../access/principal.ts';
import { problemResponse, type Refusal } from './problem.ts';
import type { RefusalLog } from './refusal-log.ts';

/** What Hono's context carries in this server. */
export interface HttpEnv {
  Bindings: HttpBindings;
  Variables: { principal: Principal };
}

export type HttpContext = Context<HttpEnv>;

/** Lets a request through once its caller is known and has `scope`. */
export function requireScope(
  authenticator: Authenticator,
  scope: Scope,
  refusals: Pick<RefusalLog, 'note'>,
): MiddlewareHandler<HttpEnv> {
  const turnAway = (context: HttpContext, refusal: Refusal): Response => {
    refusals.note(context.env.incoming, refusal);
    return refusalResponse(refusal);
  };
  return async (context, next) => {
    const result = await authenticator.authenticate(context.req.header('authorization'));
    if (!result.ok) return turnAway(context, result);
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
