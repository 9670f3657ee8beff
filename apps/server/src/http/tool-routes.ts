import type { CircuitBreaker } from '@mcp/circuit-breaker';
import { httpStatusOf, type Tool, type ToolResult } from '@mcp/tool-base';
import { Hono } from 'hono';
import * as v from 'valibot';

import { maySee, type Principal } from '../access/principal.ts';
import type { ToolGateway } from '../tool-gateway.ts';
import type { Authenticator } from '../access/authenticator.ts';
import { DEFAULT_MAX_BODY_BYTES } from './json-body.ts';
import { problem, problemResponse } from './problem.ts';
import { readJsonBody } from './read-body.ts';
import { jsonResponse, refusalResponse, requireScope, type HttpContext, type HttpEnv } from './request-context.ts';

export interface ToolRoutesParts {
  readonly gateway: ToolGateway;
  readonly authenticator: Authenticator;
  /** What the metrics know of a tool, as plain JSON. */
  readonly statisticsOf: (tool: string) => unknown;
  readonly switchTool: (tool: string, enabled: boolean, by: Principal) => SwitchResult;
}

/** `excluded`: the configuration keeps this tool off, and no one can switch it on at run time. */
export type SwitchResult = 'done' | 'excluded';

const executeBody = v.strictObject({
  arguments: v.optional(v.record(v.string(), v.unknown()), {}),
  timeoutMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(3_600_000))),
  correlationId: v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9._-]{1,64}$/u))),
});

/** `/tools`: list, show, execute, switch on and off, and the breakers. */
export function toolRoutes(parts: ToolRoutesParts): Hono<HttpEnv> {
  const { gateway, authenticator } = parts;
  const read = requireScope(authenticator, 'tools:read');
  const call = requireScope(authenticator, 'tools:call');
  const admin = requireScope(authenticator, 'admin');

  const describe = (tool: Tool): Record<string, unknown> => ({
    ...tool.info(),
    statistics: parts.statisticsOf(tool.name) ?? null,
  });

  return new Hono<HttpEnv>()
    .get('/', read, (context) => {
      const tools = gateway.registry.list().filter((tool) => maySee(context.var.principal, tool.name));
      return jsonResponse({ tools: tools.map(describe) });
    })
    .get('/:name', read, (context) => {
      const tool = find(gateway, context);
      return tool && maySee(context.var.principal, tool.name) ? jsonResponse(describe(tool)) : noSuchTool();
    })
    .post('/:name/execute', call, (context) => execute(gateway, context))
    .post('/:name/enable', admin, (context) => toggle(parts, context, true))
    .post('/:name/disable', admin, (context) => toggle(parts, context, false))
    .post('/:name/breaker/:action', admin, (context) => steerBreaker(gateway, context));
}

async function execute(gateway: ToolGateway, context: HttpContext): Promise<Response> {
  const body = await readJsonBody(context.env.incoming, DEFAULT_MAX_BODY_BYTES);
  if (!body.ok) return refusalResponse(body);
  const request = v.safeParse(executeBody, body.value ?? {});
  if (!request.success) return badBody(request.issues);
  const { arguments: values, timeoutMs, correlationId } = request.output;
  const result = await gateway.call({
    name: context.req.param('name') ?? '',
    arguments: values,
    principal: context.var.principal,
    signal: context.req.raw.signal,
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(correlationId !== undefined && { correlationId }),
  });
  return resultResponse(result);
}

/** 200 for what the tool answered, its own errors included; a problem for what kept it from answering. */
function resultResponse(result: ToolResult): Response {
  const headers = { 'x-correlation-id': result.meta.correlationId };
  const status = result.error ? httpStatusOf(result.error.type) : 200;
  if (!result.error || status === 200) {
    return Response.json(
      { ok: result.ok, content: result.content, structuredContent: result.structured, ...result.meta },
      { headers: { ...headers, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } },
    );
  }
  const { type, message, suggestion, retryAfterMs, correlationId } = result.error;
  const body = problem(status, type, message, {
    suggestion,
    correlationId,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
  // What a program printed before it was cut short is worth keeping, whatever the status.
  const partial = { structuredContent: result.structured, durationMs: result.meta.durationMs };
  return problemResponse({ ...body, ...partial }, headers);
}

function toggle(parts: ToolRoutesParts, context: HttpContext, enabled: boolean): Response {
  const tool = find(parts.gateway, context);
  if (!tool) return noSuchTool();
  if (parts.switchTool(tool.name, enabled, context.var.principal) === 'excluded') {
    return problemResponse(
      problem(409, 'excluded', `${tool.name} is excluded by the configuration.`, {
        suggestion: 'Change tool.includePatterns or tool.excludePatterns, then reload.',
      }),
    );
  }
  return jsonResponse({ name: tool.name, enabled });
}

const breakerActions = {
  open: (breaker: CircuitBreaker, reason: string) => breaker.forceOpen(reason),
  close: (breaker: CircuitBreaker, reason: string) => breaker.forceClosed(reason),
  reset: (breaker: CircuitBreaker) => breaker.reset(),
};

function steerBreaker(gateway: ToolGateway, context: HttpContext): Response {
  const tool = find(gateway, context);
  if (!tool) return noSuchTool();
  const action = context.req.param('action') ?? '';
  if (!Object.hasOwn(breakerActions, action)) {
    return problemResponse(
      problem(404, 'not_found', 'A breaker can be opened, closed and reset.', {
        suggestion: 'POST to breaker/open, breaker/close or breaker/reset.',
      }),
    );
  }
  const steer = breakerActions[action as keyof typeof breakerActions];
  for (const breaker of tool.breakers) steer(breaker, `by ${context.var.principal.name}`);
  return jsonResponse(tool.info());
}

function find(gateway: ToolGateway, context: HttpContext): Tool | undefined {
  return gateway.registry.get(context.req.param('name') ?? '');
}

function noSuchTool(): Response {
  return problemResponse(
    problem(404, 'not_found', 'There is no such tool.', { suggestion: 'GET /tools lists what is offered.' }),
  );
}

function badBody(issues: readonly v.BaseIssue<unknown>[]): Response {
  const fields = issues.map((issue) => v.getDotPath(issue) ?? 'body').join(', ');
  return problemResponse(
    problem(400, 'validation_error', `The body is not as expected at: ${fields}.`, {
      suggestion:
        'Send {"arguments": {...}} and, if wanted, timeoutMs (1 to 3600000) and correlationId (1 to 64 of A-Z a-z 0-9 . _ -).',
    }),
  );
}
