/** The router, made from the list of routes. All of it lies behind the guard (see request-handler.ts). */
import { Hono } from 'hono';

import type { HealthMonitor } from '@mcp/health';

import type { SubscriptionStreams } from '../mcp/subscription-streams.ts';
import type { McpHttpEndpoint } from '../mcp/http-endpoint.ts';
import { dashboardRoutes } from './routes/dashboard-route.ts';
import { healthRoutes } from './routes/health-routes.ts';
import { mcpRoutes } from './routes/mcp-route.ts';
import { metadataRoutes } from './routes/metadata-routes.ts';
import { openApiDocument } from './routes/openapi.ts';
import { operationsRoutes, type OperationsParts } from './routes/operations-routes.ts';
import { problem, problemResponse } from '../../problem-details.ts';
import { jsonResponse, type AuthDependencies, type HttpEnv } from './routing/request-context.ts';
import { mountRoutes, type Route } from './routing/route.ts';
import { toolRoutes, type ToolRoutesParts } from './routes/tool-routes.ts';

export interface AppParts extends ToolRoutesParts, OperationsParts, AuthDependencies {
  readonly health: HealthMonitor;
  /** Absent on the operations listener: MCP is then spoken over stdio. */
  readonly mcp?: McpHttpEndpoint;
  readonly subscriptionStreams: SubscriptionStreams;
  readonly resourceMetadata: () => object | undefined;
  readonly onError: (error: Error) => void;
}

export function createApp(parts: AppParts): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  mountRoutes(app, routesOf(parts), parts);
  return app
    .notFound(() => problemResponse(problem(404, 'not_found', 'There is nothing at this address.')))
    .onError((error) => {
      parts.onError(error);
      return problemResponse(
        problem(500, 'internal_error', 'The request could not be answered because of a defect of the server.'),
      );
    });
}

function routesOf(parts: AppParts): Route[] {
  const routes = [
    ...(parts.mcp ? mcpRoutes(parts.mcp, parts.subscriptionStreams) : []),
    ...toolRoutes(parts),
    ...healthRoutes(parts.health, parts),
    ...operationsRoutes(parts),
    ...metadataRoutes(parts.resourceMetadata),
    ...dashboardRoutes(),
  ];
  const description: Route = {
    method: 'GET',
    path: '/openapi.json',
    scope: 'open',
    operation: 'openapi',
    summary: 'This description',
    answers: { 200: { description: 'OpenAPI 3.1' } },
    handle: () => jsonResponse(document),
  };
  const document = openApiDocument([...routes, description]);
  return [...routes, description];
}
