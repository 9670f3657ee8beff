import type { CircuitBreaker } from '@mcp/circuit-breaker';
import { httpStatusOf, type Tool, type ToolResult } from '@mcp/tool-base';
import * as v from 'valibot';

import { maySee, type Principal } from '../../../access/principal.ts';
import type { ToolGateway } from '../../../calls/tool-gateway.ts';
import { MAX_BODY_BYTES } from '../guard/body-headers.ts';
import { problem, problemResponse } from '../../../problem-details.ts';
import { readJsonBody } from '../body/read-body.ts';
import { jsonResponse, rejectionResponse, type HttpContext } from '../routing/request-context.ts';
import type { Route } from '../routing/route.ts';

export interface ToolRoutesParts {
  readonly gateway: ToolGateway;
  /** What the metrics know of a tool, as plain JSON. */
  readonly statisticsOf: (tool: string) => unknown;
  readonly switchTool: (tool: string, enabled: boolean, by: Principal) => SwitchResult;
}

/** `excluded`: the configuration keeps this tool off, and no one can switch it on at run time. */
export type SwitchResult = 'done' | 'excluded';

const executeBody = v.strictObject({
  arguments: v.optional(v.record(v.string(), v.unknown()), {}),
  timeoutMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(3_600_000))),
  correlationId: v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9._-]{1,64}$/))),
});

const executeAnswer = v.object({
  ok: v.boolean(),
  content: v.array(v.looseObject({ type: v.string() })),
  structuredContent: v.record(v.string(), v.unknown()),
  durationMs: v.number(),
  queueMs: v.number(),
  outputBytes: v.number(),
  truncated: v.boolean(),
  correlationId: v.string(),
});

const named = { 404: { description: 'There is no such tool' } } as const;

/** `/tools`: list, show, execute, switch on and off, and the breakers. */
export function toolRoutes(parts: ToolRoutesParts): Route[] {
  const { gateway } = parts;
  const describe = (tool: Tool): Record<string, unknown> => ({
    ...tool.info(),
    inputSchema: tool.inputJsonSchema,
    statistics: parts.statisticsOf(tool.name) ?? null,
  });
  const steering = (action: keyof typeof breakerActions, summary: string): Route => ({
    method: 'POST',
    path: `/tools/:name/breaker/${action}`,
    scope: 'admin',
    operation: `${action}_breaker`,
    summary,
    answers: { 200: { description: 'The tool with its breakers as they are now' }, ...named },
    handle: (context) => steerBreakers(gateway, context, breakerActions[action]),
  });
  const switching = (verb: 'enable' | 'disable', summary: string): Route => ({
    method: 'POST',
    path: `/tools/:name/${verb}`,
    scope: 'admin',
    operation: `${verb}_tool`,
    summary,
    answers: {
      200: { description: 'Done; clients have been told' },
      ...named,
      409: { description: 'The configuration excludes the tool' },
    },
    handle: (context) => toggle(parts, context, verb === 'enable'),
  });

  return [
    {
      method: 'GET',
      path: '/tools',
      scope: 'tools:read',
      operation: 'list_tools',
      summary: 'Every tool the caller may see, with state, limits and statistics',
      answers: {
        200: { description: 'The tools', schema: v.object({ tools: v.array(v.looseObject({ name: v.string() })) }) },
      },
      handle: (context) => {
        const tools = gateway.registry.list().filter((tool) => maySee(context.get('principal'), tool.name));
        return jsonResponse({ tools: tools.map(describe) });
      },
    },
    {
      method: 'GET',
      path: '/tools/:name',
      scope: 'tools:read',
      operation: 'get_tool',
      summary: 'One tool with its input schema, state, limits and statistics',
      answers: { 200: { description: 'The tool', schema: v.looseObject({ name: v.string() }) }, ...named },
      handle: (context) => {
        const tool = find(gateway, context);
        return tool && maySee(context.get('principal'), tool.name) ? jsonResponse(describe(tool)) : noSuchTool();
      },
    },
    {
      method: 'POST',
      path: '/tools/:name/execute',
      scope: 'tools:call',
      operation: 'execute_tool',
      summary: 'Call a tool',
      body: executeBody,
      answers: {
        200: {
          description: 'What the tool answered, also when the answer is bad news (ok: false)',
          schema: executeAnswer,
        },
        400: { description: 'An argument, the target or the body was refused' },
        ...named,
        409: { description: 'The tool is switched off' },
        413: { description: 'The body is too large' },
        415: { description: 'The body is not JSON' },
        429: { description: 'Rate, queue or shutdown; Retry-After says when to come back' },
        499: { description: 'The caller gave up' },
        502: { description: 'The tool broke' },
        503: { description: 'The circuit breaker is open (see Retry-After), or the program is missing' },
        504: { description: 'The time limit passed; what was printed until then is in structuredContent' },
      },
      handle: (context) => execute(gateway, context),
    },
    switching('enable', 'Switch a tool on'),
    switching('disable', 'Switch a tool off; running calls go on'),
    steering('open', 'Force the breakers of a tool open until reset'),
    steering('close', 'Force the breakers of a tool closed until reset'),
    steering('reset', 'Give the breakers of a tool back to their own judgement'),
  ];
}

async function execute(gateway: ToolGateway, context: HttpContext): Promise<Response> {
  const body = await readJsonBody(context.env.incoming, MAX_BODY_BYTES);
  if (!body.ok) return rejectionResponse(body);
  const request = v.safeParse(executeBody, body.value ?? {});
  if (!request.success) return badBody(request.issues);
  const { arguments: values, timeoutMs, correlationId } = request.output;
  const result = await gateway.call({
    name: context.req.param('name') ?? '',
    arguments: values,
    principal: context.get('principal'),
    signal: context.req.raw.signal,
    traceparent: context.req.header('traceparent'),
    tracestate: context.req.header('tracestate'),
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
  if (parts.switchTool(tool.name, enabled, context.get('principal')) === 'excluded') {
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

function steerBreakers(
  gateway: ToolGateway,
  context: HttpContext,
  steer: (breaker: CircuitBreaker, reason: string) => void,
): Response {
  const tool = find(gateway, context);
  if (!tool) return noSuchTool();
  for (const breaker of tool.breakers) steer(breaker, `by ${context.get('principal').name}`);
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
