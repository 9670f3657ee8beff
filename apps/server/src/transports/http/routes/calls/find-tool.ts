import type { Tool } from '@mcp/tool-base';

import type { ToolGateway } from '../../../../calls/tool-gateway.ts';
import { problem, problemResponse } from '../../../../foundation/problem-details.ts';
import type { HttpContext } from '../../routing/request-context.ts';
import type { RouteResponse } from '../../routing/route.ts';

/** The 404 of every route with a tool name in its path, for the OpenAPI description. */
export const NO_SUCH_TOOL: Readonly<Record<404, RouteResponse>> = { 404: { description: 'There is no such tool' } };

/** The tool that the path names. */
export function findTool(gateway: ToolGateway, context: HttpContext): Tool | undefined {
  return gateway.registry.get(context.req.param('name') ?? '');
}

export function noSuchTool(): Response {
  return problemResponse(
    problem(404, 'not_found', 'There is no such tool.', { suggestion: 'GET /tools lists the tools.' }),
  );
}
