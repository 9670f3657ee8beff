import type { Tool } from '@mcp/tool-base';

import type { ToolGateway } from '../../../calls/tool-gateway.ts';
import { problem, problemResponse } from '../../../problem-details.ts';
import type { SwitchResult } from '../../../tools/toolset.ts';
import { jsonResponse, type HttpContext } from '../routing/request-context.ts';
import type { Route } from '../routing/route.ts';
import { findTool, noSuchTool, NO_SUCH_TOOL } from './find-tool.ts';

export interface OperatorRoutesDependencies {
  readonly gateway: ToolGateway;
  readonly switchTool: (tool: string, enabled: boolean) => SwitchResult;
}

/** `/tools` for operators: enable and disable tools, control their circuit breakers. */
export function operatorRoutes(dependencies: OperatorRoutesDependencies): Route[] {
  const { gateway } = dependencies;
  const switchRoute = (verb: 'enable' | 'disable', summary: string): Route => ({
    method: 'POST',
    path: `/tools/:name/${verb}`,
    scope: 'admin',
    operation: `${verb}_tool`,
    summary,
    responses: {
      200: { description: 'Done; clients are notified' },
      ...NO_SUCH_TOOL,
      409: { description: 'The configuration excludes the tool' },
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
      ...NO_SUCH_TOOL,
    },
    handle: (context) => controlBreakers(gateway, context, breakerActions[action]),
  });
  return [
    switchRoute('enable', 'Enable a tool'),
    switchRoute('disable', 'Disable a tool; running calls continue'),
    breakerRoute('open', 'Force the breakers of a tool open until they are reset'),
    breakerRoute('close', 'Force the breakers of a tool closed until they are reset'),
    breakerRoute('reset', 'Return the breakers of a tool to automatic control, closed and without history'),
  ];
}

function setEnabled(
  { gateway, switchTool }: OperatorRoutesDependencies,
  context: HttpContext,
  enabled: boolean,
): Response {
  const tool = findTool(gateway, context);
  if (!tool) return noSuchTool();
  if (switchTool(tool.name, enabled) === 'excluded') {
    return problemResponse(
      problem(409, 'excluded', `${tool.name} is excluded by the configuration.`, {
        suggestion: 'Change tool.includePatterns or tool.excludePatterns, then reload.',
      }),
    );
  }
  return jsonResponse({ name: tool.name, enabled });
}

const breakerActions = {
  open: ({ breakers }: Tool, reason: string): void => breakers.force('open', reason),
  close: ({ breakers }: Tool, reason: string): void => breakers.force('closed', reason),
  reset: ({ breakers }: Tool, reason: string): void => breakers.reset(reason),
};

function controlBreakers(
  gateway: ToolGateway,
  context: HttpContext,
  control: (tool: Tool, reason: string) => void,
): Response {
  const tool = findTool(gateway, context);
  if (!tool) return noSuchTool();
  control(tool, `by ${context.get('principal').name}`);
  return jsonResponse(tool.info());
}
