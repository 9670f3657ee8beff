/** Builds the router from the list of routes. Every request has passed the guard before (see request-handler.ts). */
import type { Hono } from 'hono';

import type { HealthMonitor, HealthReport } from '@mcp/health';

import type { SubscriptionStreams } from '../mcp/subscription-streams.ts';
import type { McpHttpEndpoint } from '../mcp/http-endpoint.ts';
import { callerRoutes } from './routes/operations/caller-routes.ts';
import { approvalRoutes, type ApprovalRoutesDependencies } from './routes/operator/approval-routes.ts';
import { callRoutes, type CallRoutesDependencies } from './routes/calls/call-routes.ts';
import { dashboardRoutes } from './routes/dashboard/dashboard-routes.ts';
import { executionRoutes, type ExecutionRoutesDependencies } from './routes/executions/execution-routes.ts';
import { healthRoutes } from './routes/operations/health-routes.ts';
import { linkRoutes, type LinkRoutesDependencies } from './routes/operations/link-routes.ts';
import { mcpPostRoute } from './routes/mcp/mcp-post.ts';
import { mcpRoutes } from './routes/mcp/mcp-routes.ts';
import { metadataRoutes } from './routes/mcp/metadata-routes.ts';
import { notFoundResponse } from './routes/not-found.ts';
import { openApiDocument } from './routes/openapi.ts';
import { operationsRoutes, type OperationsDependencies } from './routes/operations/operations-routes.ts';
import { operatorRoutes, type OperatorRoutesDependencies } from './routes/operator/operator-routes.ts';
import { apiRoutes, type ApiRoutesDependencies } from './routes/operations/api-routes.ts';
import { upstreamRoutes, type UpstreamRoutesDependencies } from './routes/operator/upstream-routes.ts';
import { StoreUnavailableError } from '../../jobs/store-failures.ts';
import { problem, problemResponse } from '../../foundation/problem-details.ts';
import { jsonResponse, type AuthDependencies, type HttpEnv } from './routing/request-context.ts';
import type { DirectRoute } from './routing/direct-handler.ts';
import { loadHono } from './routing/load-hono.ts';
import { isUnrouted, mountRoutes, type Route, type UnroutedRoute } from './routing/route.ts';

export interface AppDependencies
  extends
    Omit<CallRoutesDependencies, 'readOnly'>,
    ExecutionRoutesDependencies,
    LinkRoutesDependencies,
    OperatorRoutesDependencies,
    ApprovalRoutesDependencies,
    UpstreamRoutesDependencies,
    ApiRoutesDependencies,
    OperationsDependencies,
    AuthDependencies {
  readonly health: HealthMonitor;
  /** Adds what the other workers of this server report. */
  readonly wholeHealth?: ((own: HealthReport) => Promise<HealthReport>) | undefined;
  /** Absent on the operations listener, which has no MCP endpoint and only routes that read. */
  readonly mcp?: McpHttpEndpoint;
  readonly subscriptionStreams: SubscriptionStreams;
  readonly resourceMetadata: () => object | undefined;
  readonly onError: (error: Error) => void;
}

export interface App {
  /** Made with the first request that needs it. */
  readonly router: () => Hono<HttpEnv>;
  /** Requests to these never reach the router. */
  readonly directRoutes: readonly DirectRoute[];
}

export function createApp(dependencies: AppDependencies): App {
  const routes = routesOf(dependencies);
  let router: Hono<HttpEnv> | undefined;
  return {
    router: () => (router ??= routerOf(routes, dependencies)),
    directRoutes: routes.filter(isUnrouted),
  };
}

function routerOf(routes: readonly (Route | UnroutedRoute)[], dependencies: AppDependencies): Hono<HttpEnv> {
  const router = new (loadHono().Hono)<HttpEnv>();
  return mountRoutes(router, routes, dependencies)
    .notFound((context) => notFoundResponse(context.req.path, dependencies))
    .onError((error) => {
      if (error instanceof StoreUnavailableError) return problemResponse(storeUnavailable);
      dependencies.onError(error);
      return problemResponse(problem(500, 'internal_error', 'Internal server error.'));
    });
}

const storeUnavailable = problem(503, 'store_unavailable', 'The store of jobs does not answer; running jobs go on.', {
  suggestion: 'Try again in a few seconds.',
  retryAfterMs: 5000,
});

function routesOf(dependencies: AppDependencies): (Route | UnroutedRoute)[] {
  const { mcp } = dependencies;
  const readOnly = mcp === undefined;
  const allRoutes = [
    ...(mcp ? mcpRoutes(mcp, dependencies.subscriptionStreams) : []),
    ...(mcp ? [mcpPostRoute(mcp, dependencies)] : []),
    ...callerRoutes({ readOnly }),
    ...linkRoutes(dependencies),
    ...callRoutes({ ...dependencies, readOnly }),
    ...executionRoutes(dependencies),
    ...operatorRoutes(dependencies),
    ...approvalRoutes(dependencies),
    ...upstreamRoutes(dependencies),
    ...apiRoutes(dependencies),
    ...healthRoutes(dependencies),
    ...operationsRoutes(dependencies),
    ...metadataRoutes(dependencies.resourceMetadata),
    ...dashboardRoutes(),
  ];
  const routes = allRoutes.filter(({ method }) => !readOnly || method === 'GET');
  const description: Route = {
    method: 'GET',
    path: '/openapi.json',
    scope: 'open',
    operation: 'openapi',
    summary: 'This description',
    responses: { 200: { description: 'OpenAPI 3.1' } },
    handle: () => jsonResponse((document ??= openApiDocument([...routes, description]))),
  };
  let document: object | undefined;
  return [...routes, description];
}
