/** The routes. Everything here lies behind the guard (see listener.ts); each route names the scope it needs. */
import { Hono } from 'hono';

import type { HealthMonitor } from '@mcp/health';

import type { McpHttpEndpoint } from '../mcp/http-endpoint.ts';
import { healthRoutes } from './health-routes.ts';
import { mcpRoute } from './mcp-route.ts';
import { operationsRoutes, type OperationsParts } from './operations-routes.ts';
import { problem, problemResponse } from './problem.ts';
import type { HttpEnv } from './request-context.ts';
import { toolRoutes, type ToolRoutesParts } from './tool-routes.ts';

export interface AppParts extends ToolRoutesParts, OperationsParts {
  readonly mcp: McpHttpEndpoint;
  readonly health: HealthMonitor;
  readonly onError: (error: Error) => void;
}

export function createApp(parts: AppParts): Hono<HttpEnv> {
  return new Hono<HttpEnv>()
    .route('/mcp', mcpRoute(parts.mcp, parts.authenticator))
    .route('/tools', toolRoutes(parts))
    .route('/health', healthRoutes(parts.health, parts.authenticator))
    .route('/', operationsRoutes(parts))
    .notFound(() => problemResponse(problem(404, 'not_found', 'There is nothing at this address.')))
    .onError((error) => {
      parts.onError(error);
      return problemResponse(
        problem(500, 'internal_error', 'The request could not be answered because of a defect of the server.'),
      );
    });
}
