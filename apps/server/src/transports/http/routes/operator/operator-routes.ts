import type { Tool } from '@mcp/tool-base';

import type { ToolGateway } from '../../../../calls/tool-gateway.ts';
import type { Spread } from '../../../../cluster/shared/shared-table.ts';
import { problem, problemResponse } from '../../../../foundation/problem-details.ts';
import type { SwitchResult } from '../../../../tools/toolset.ts';
import { jsonResponse, type HttpContext } from '../../routing/request-context.ts';
import type { Route, RouteResponse } from '../../routing/route.ts';
import { findTool, noSuchTool, NO_SUCH_TOOL } from '../calls/find-tool.ts';

export interface OperatorRoutesDependencies {
  readonly gateway: ToolGateway;
  /** `local`: the other servers of the cluster are not reached now, and follow later. */
  readonly switchTool: (tool: string, enabled: boolean) => Promise<SwitchResult | Spread>;
  /** Does on the other servers of the cluster what was done here; `undefined` for a server that runs alone. */
  readonly controlBreakers: (tool: string, control: 'open' | 'closed' | 'reset') => Promise<Spread | undefined>;
}

export const LATER_ELSEWHERE: RouteResponse = {
  description: 'Done on this server; the others of the cluster follow when they can be reached',
};

/** `/tools` for operators: enable and disable tools, control their circuit breakers. */
export function operatorRoutes(dependencies: OperatorRoutesDependencies): Route[] {
  const switchRoute = (verb: 'enable' | 'disable', summary: string): Route => ({
    method: 'POST',
    path: `/tools/:name/${verb}`,
    scope: 'admin',
    operation: `${verb}_tool`,
    summary,
    responses: {
      200: { description: 'Done; clients are notified' },
      202: LATER_ELSEWHERE,
      ...NO_SUCH_TOOL,
      409: { description: 'The configuration excludes the tool, or it waits for approval' },
    },
    handle: (context) => setEnabled(dependencies, context, verb === 'enable'),
  });
  const breakerRoute = (action: keyof typeof breakerActions, summary: string): Route => ({
    method: 'POST',
    path: `/tools/:name/breaker/${action}`,
    scope: 'admin',
    operation: `${action}_breaker`,
    summary,
    responses: {
      200: { description: 'The tool with the new state of its breakers' },
      202: LATER_ELSEWHERE,
      ...NO_SUCH_TOOL,
    },
    handle: (context) => controlBreakers(dependencies, context, action),
  });
  return [
    switchRoute('enable', 'Enable a tool'),
    switchRoute('disable', 'Disable a tool; running calls continue'),
    breakerRoute('open', 'Force the breakers of a tool open until they are reset'),
    breakerRoute('close', 'Force the breakers of a tool closed until they are reset'),
    breakerRoute('reset', 'Return the breakers of a tool to automatic control, closed and without history'),
  ];
}

async function setEnabled(
  { gateway, switchTool }: OperatorRoutesDependencies,
  context: HttpContext,
  enabled: boolean,
): Promise<Response> {
  const tool = findTool(gateway, context);
  if (!tool) return noSuchTool();
  const result = await switchTool(tool.name, enabled);
  if (result === 'pending') {
    return problemResponse(
      problem(409, 'pending', `${tool.name} waits for approval.`, {
        suggestion: 'GET /upstreams/KEY/diff shows the change; POST /upstreams/KEY/tools/NAME/approve approves it.',
      }),
    );
  }
  if (result === 'excluded') {
    return problemResponse(
      problem(409, 'excluded', `${tool.name} is excluded by the configuration.`, {
        suggestion: 'Change tool.includePatterns or tool.excludePatterns, then reload.',
      }),
    );
  }
  // One of an upstream that is switched off stays disabled until that is enabled.
  const isEnabled = gateway.registry.get(tool.name)?.enabled ?? enabled;
  return jsonResponse({ name: tool.name, enabled: isEnabled }, result === 'local' ? 202 : 200);
}

const breakerActions = {
  open: ({ breakers }: Tool, reason: string): void => breakers.force('open', reason),
  close: ({ breakers }: Tool, reason: string): void => breakers.force('closed', reason),
  reset: ({ breakers }: Tool, reason: string): void => breakers.reset(reason),
};

async function controlBreakers(
  { gateway, controlBreakers: spread }: OperatorRoutesDependencies,
  context: HttpContext,
  action: keyof typeof breakerActions,
): Promise<Response> {
  const tool = findTool(gateway, context);
  if (!tool) return noSuchTool();
  breakerActions[action](tool, `by ${context.get('principal').name}`);
  const result = await spread(tool.name, action === 'close' ? 'closed' : action);
  return jsonResponse(tool.info(), result === 'local' ? 202 : 200);
}
