/**
 * A route is one value: path, scope, description and handler. The router and the OpenAPI description are built from the
 * same list of routes, so they cannot differ.
 */
import type { Hono } from 'hono';
import type { GenericSchema } from 'valibot';

import type { Scope } from '../../../access/principal.ts';
import { problem, problemResponse } from '../../../foundation/problem-details.ts';
import type { DirectRoute } from './direct-handler.ts';
import { requireScope, type AuthDependencies, type HttpContext, type HttpEnv } from './request-context.ts';

/** HEAD is routed as GET; the guard answers OPTIONS. */
const METHODS = ['GET', 'POST', 'DELETE'] as const;
export type Method = (typeof METHODS)[number];

export interface RouteResponse {
  readonly description: string;
  /** @default application/json, for problems application/problem+json */
  readonly contentType?: string;
  /** Schema of a JSON body. */
  readonly schema?: GenericSchema;
}

export interface Route {
  readonly method: Method;
  /** Parameters as in Hono: `/tools/:name`. */
  readonly path: `/${string}`;
  /** `open` needs no credential. */
  readonly scope: Scope | 'open';
  /** Unique; the operation id of the OpenAPI description. */
  readonly operation: string;
  readonly summary: string;
  /** Query parameters with their descriptions. On a route with a scope, other parameters are rejected. */
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: GenericSchema;
  /** Responses by status, besides those of every route: 401 and 403 where a scope is needed, 403 of the guard, 500. */
  readonly responses: Readonly<Record<number, RouteResponse>>;
  readonly handle: RouteHandler;
}

export type RouteHandler = (context: HttpContext) => Response | Promise<Response>;

/** A route that answers Node's requests itself: it authenticates its callers, and the router never sees its requests. */
export interface UnroutedRoute extends Omit<Route, 'handle'>, DirectRoute {
  readonly method: Method;
  readonly path: `/${string}`;
}

export function isUnrouted(route: Route | UnroutedRoute): route is UnroutedRoute {
  return 'direct' in route;
}

/** The router answers HEAD with the headers of GET. The unused body is cancelled, since a stream would stay open. */
function withoutBodyForHead(handle: RouteHandler): RouteHandler {
  return async (context) => {
    const response = await handle(context);
    if (context.req.method === 'HEAD') await response.body?.cancel();
    return response;
  };
}

/** Rejects unknown query parameters, so that a misspelled one is noticed. Open routes are for probes, which may add their own. */
function withKnownQuery({ query = {} }: Route, handle: RouteHandler): RouteHandler {
  const known = Object.keys(query);
  const allowed = known.length === 0 ? 'none' : known.join(', ');
  return (context) => {
    if (!context.env.incoming.url?.includes('?')) return handle(context);
    const unknown = Object.entries(context.req.queries()).some(
      ([name, values]) => !known.includes(name) || values.length > 1,
    );
    if (!unknown) return handle(context);
    return problemResponse(
      problem(400, 'unknown_parameter', `The query has an unknown or repeated parameter. Allowed: ${allowed}.`, {
        suggestion: 'Remove it. GET /openapi.json describes the parameters of every route.',
      }),
    );
  };
}

/** For a client that is configured with the wrong URL, of which the one without `/mcp` and `/sse` are the most frequent. */
export const WHERE_TO =
  'MCP clients use the URL that ends in /mcp (Streamable HTTP), health checks /health/live and /health/ready. GET /openapi.json describes every URL.';

export function mountRoutes(
  app: Hono<HttpEnv>,
  routes: readonly (Route | UnroutedRoute)[],
  auth: AuthDependencies,
): Hono<HttpEnv> {
  for (const route of routes) {
    if (isUnrouted(route)) continue;
    const { method, path, scope } = route;
    const plain = method === 'GET' ? withoutBodyForHead(route.handle) : route.handle;
    const handle = scope === 'open' || path === '/mcp' ? plain : withKnownQuery(route, plain);
    app.on(method, path, scope === 'open' ? handle : requireScope(auth, scope, handle));
  }
  for (const [path, routesAtPath] of Map.groupBy(routes, (route) => route.path)) {
    const offered = routesAtPath.map(({ method }) => method);
    const allow = offered.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');
    // Only for the other methods: a request that matches two handlers passes through both.
    const others = METHODS.filter((method) => !offered.includes(method));
    app.on(others, path, () =>
      problemResponse(
        problem(405, 'method_not_allowed', `The method must be one of ${allow} here.`, { suggestion: WHERE_TO }),
        { allow },
      ),
    );
  }
  return app;
}
