/**
 * A route is one value: where it is, what it needs, what it says of itself, and what it does. The router is built from the
 * list of them, and so is the OpenAPI description; neither can know a route that the other does not.
 */
import type { Hono } from 'hono';
import type { GenericSchema } from 'valibot';

import type { Scope } from '../../../access/principal.ts';
import { problem, problemResponse } from '../../../problem-details.ts';
import { requireScope, type AuthDependencies, type HttpContext, type HttpEnv } from './request-context.ts';

/** Those that pass the guard; HEAD is routed as GET, and OPTIONS is answered before. */
const METHODS = ['GET', 'POST', 'DELETE'] as const;
export type Method = (typeof METHODS)[number];

export interface Answer {
  readonly description: string;
  /** @default application/json, for problems application/problem+json */
  readonly contentType?: string;
  /** Of a JSON body. */
  readonly schema?: GenericSchema;
}

export interface Route {
  readonly method: Method;
  /** Parameters as in Hono: `/tools/:name`. */
  readonly path: `/${string}`;
  /** `open` needs no credential and therefore shows nothing that would need one. */
  readonly scope: Scope | 'open';
  /** Unique; the name of the operation in generated clients. */
  readonly operation: string;
  readonly summary: string;
  /** Query parameters with what they mean; where a scope is needed, any other is refused. */
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: GenericSchema;
  /** Besides the answers every route can give: 401 and 403 where a scope is needed, 403 of the guard, 500. */
  readonly answers: Readonly<Record<number, Answer>>;
  readonly handle: (context: HttpContext) => Response | Promise<Response>;
}

/** The router answers HEAD with the headers of GET. What the body came from is told that no one reads it: a stream would stay open. */
function withoutBodyForHead(handle: Route['handle']): Route['handle'] {
  return async (context) => {
    const response = await handle(context);
    if (context.req.method === 'HEAD') await response.body?.cancel();
    return response;
  };
}

/** A parameter that nobody reads would be taken for one that works. Open routes are for probes, which may add their own. */
function withKnownQuery({ query = {} }: Route, handle: Route['handle']): Route['handle'] {
  const known = Object.keys(query);
  const allowed = known.length === 0 ? 'none' : known.join(', ');
  return (context) => {
    if (!context.env.incoming.url?.includes('?')) return handle(context);
    const wrong = Object.entries(context.req.queries()).some(
      ([name, values]) => !known.includes(name) || values.length > 1,
    );
    if (!wrong) return handle(context);
    return problemResponse(
      problem(
        400,
        'unknown_parameter',
        `The query has a parameter that is unknown here or stands twice; allowed: ${allowed}.`,
        {
          suggestion: 'Leave it out. GET /openapi.json describes the parameters of every route.',
        },
      ),
    );
  };
}

export function mountRoutes(app: Hono<HttpEnv>, routes: readonly Route[], door: AuthDependencies): Hono<HttpEnv> {
  for (const route of routes) {
    const { method, path, scope, handle: answer } = route;
    const plain = method === 'GET' ? withoutBodyForHead(answer) : answer;
    const handle = scope === 'open' || path === '/mcp' ? plain : withKnownQuery(route, plain);
    app.on(method, path, scope === 'open' ? handle : requireScope(door, scope, handle));
  }
  for (const [path, there] of Map.groupBy(routes, (route) => route.path)) {
    const offered = there.map(({ method }) => method);
    const allow = offered.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');
    // By method rather than for all: a request that two handlers match is passed from one to the other.
    const others = METHODS.filter((method) => !offered.includes(method));
    app.on(others, path, () =>
      problemResponse(problem(405, 'method_not_allowed', `This address answers ${allow} only.`), { allow }),
    );
  }
  return app;
}
