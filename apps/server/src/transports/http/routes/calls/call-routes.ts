import { CORRELATION_ID, type Tool } from '@mcp/tool-base';
import * as v from 'valibot';

import { hasScope, mayCall, maySee, type Principal } from '../../../../access/principal.ts';
import type { JobCalls } from '../../../../calls/job-calls.ts';
import type { RateLimits } from '../../../../rate-limit/rate-limiter.ts';
import type { ToolGateway } from '../../../../calls/tool-gateway.ts';
import type { BreakerTransition } from '../../../../observability/breaker-history.ts';
import { problem, problemResponse } from '../../../../foundation/problem-details.ts';
import { jsonResponse, rejectionResponse, type HttpContext } from '../../routing/request-context.ts';
import { readRequestBody } from '../../routing/request-body.ts';
import { originOf } from '../../routing/origin-of.ts';
import type { Route } from '../../routing/route.ts';
import { breakerStatistics } from './breaker-statistics.ts';
import { jsonListResponse } from './json-list-response.ts';
import { executionResponse } from '../executions/execution-routes.ts';
import { findTool, noSuchTool, NO_SUCH_TOOL } from './find-tool.ts';
import { executeAsJob, idempotencyUnsupported } from './execute-as-job.ts';
import { resultResponse } from './result-response.ts';

export interface CallRoutesDependencies {
  readonly gateway: ToolGateway;
  readonly jobs: JobCalls;
  /** Call statistics of a tool, as plain JSON; undefined when metrics are off. */
  readonly statisticsOf: (tool: string) => unknown;
  /** Whether this listener has only routes that read. */
  readonly readOnly: boolean;
  /** Whether the configuration excludes the tool, so that it cannot be enabled. */
  readonly isExcluded: (tool: string) => boolean;
  /** Undefined when its calls are not limited. */
  readonly rateLimitOf: (tool: string) => RateLimits | undefined;
  /** Newest first. */
  readonly breakerHistoryOf: (tool: string) => readonly BreakerTransition[];
}

const executeBody = v.strictObject({
  arguments: v.optional(v.record(v.string(), v.unknown()), {}),
  timeoutMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(3_600_000))),
  correlationId: v.optional(v.pipe(v.string(), v.regex(CORRELATION_ID))),
});

const executeResponse = v.object({
  ok: v.boolean(),
  content: v.array(v.looseObject({ type: v.string() })),
  structuredContent: v.record(v.string(), v.unknown()),
  durationMs: v.number(),
  queueMs: v.number(),
  outputBytes: v.number(),
  truncated: v.boolean(),
  correlationId: v.string(),
});

/** `/tools` for those who call tools: list, show, execute. */
export function callRoutes(dependencies: CallRoutesDependencies): Route[] {
  const { gateway, statisticsOf, isExcluded, rateLimitOf, breakerHistoryOf, readOnly } = dependencies;
  const describe = (tool: Tool, principal: Principal): Record<string, unknown> => ({
    ...tool.info(),
    excluded: isExcluded(tool.name),
    rateLimit: rateLimitOf(tool.name) ?? null,
    permissions: {
      call: !readOnly && mayCall(principal, tool.name),
      control: !readOnly && hasScope(principal, 'admin'),
    },
    inputSchema: tool.inputJsonSchema,
    statistics: statisticsOf(tool.name) ?? null,
  });
  return [
    {
      method: 'GET',
      path: '/tools',
      scope: 'tools:read',
      operation: 'list_tools',
      summary: 'Every tool that is visible to the caller, with state, limits and statistics',
      responses: {
        200: { description: 'The tools', schema: v.object({ tools: v.array(v.looseObject({ name: v.string() })) }) },
      },
      handle: async (context) => {
        const principal = context.get('principal');
        const tools = gateway.registry.list().filter((tool) => maySee(principal, tool.name));
        return jsonListResponse('tools', tools, (tool) => describe(tool, principal));
      },
    },
    {
      method: 'GET',
      path: '/tools/:name',
      scope: 'tools:read',
      operation: 'get_tool',
      summary:
        'One tool with its schemas, state, limits, statistics, and the last errors and transitions of its breakers',
      responses: { 200: { description: 'The tool', schema: v.looseObject({ name: v.string() }) }, ...NO_SUCH_TOOL },
      handle: (context) => {
        const tool = findTool(gateway, context);
        const principal = context.get('principal');
        if (!tool || !maySee(principal, tool.name)) return noSuchTool();
        return jsonResponse({
          ...describe(tool, principal),
          outputSchema: tool.outputJsonSchema ?? null,
          breakerStatistics: breakerStatistics(tool, principal),
          breakerHistory: breakerHistoryOf(tool.name),
        });
      },
    },
    {
      method: 'POST',
      path: '/tools/:name/execute',
      scope: 'tools:call',
      operation: 'execute_tool',
      summary: 'Call a tool',
      body: executeBody,
      responses: {
        200: {
          description: 'The result of the tool, also for an expected failure (ok: false)',
          schema: executeResponse,
        },
        202: { description: 'It runs as a job; Location is its URL', schema: executionResponse },
        400: { description: 'An argument, the target or the body is invalid' },
        ...NO_SUCH_TOOL,
        409: { description: 'The tool is disabled' },
        413: { description: 'The body is too large' },
        415: { description: 'The body is not JSON' },
        422: { description: 'The idempotency key was used with other arguments' },
        429: { description: 'Rate limit, full queue, full server or shutdown; Retry-After says when to retry' },
        499: { description: 'The caller cancelled the call' },
        502: { description: 'The tool failed' },
        503: { description: 'The circuit breaker is open (see Retry-After), or the program is missing' },
        507: { description: 'The caller has too many open jobs, or the queue of jobs is full' },
        504: { description: 'The call timed out; the output until then is in structuredContent' },
      },
      handle: (context) => execute(dependencies, context),
    },
  ];
}

async function execute({ gateway, jobs }: CallRoutesDependencies, context: HttpContext): Promise<Response> {
  const body = await readRequestBody(context.env, {});
  if (!body.ok) return rejectionResponse(body);
  const given = withoutNulls(body.value ?? {});
  const list = listIn(given);
  if (list !== undefined) return invalidBody([list]);
  const request = v.safeParse(executeBody, given);
  if (!request.success) return invalidBody(request.issues.map((issue) => v.getDotPath(issue) ?? 'body'));
  const { timeoutMs, correlationId } = request.output;
  const principal = context.get('principal');
  const call = {
    ...gateway.meant({ name: context.req.param('name') ?? '', arguments: request.output.arguments }),
    principal,
    origin: originOf(context.env.incoming),
    traceparent: context.req.header('traceparent'),
    tracestate: context.req.header('tracestate'),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(correlationId !== undefined && { correlationId }),
  };
  const tool = jobs.toolWithJobs(call.name, principal);
  const asJob = tool && (await executeAsJob(jobs, context, tool, call));
  if (asJob) return asJob;
  if (!tool && context.req.header('idempotency-key') !== undefined) return idempotencyUnsupported();
  const result = await gateway.call({ ...call, signal: context.req.raw.signal });
  return resultResponse(result);
}

/** Optional members that are null are absent, as over MCP. */
function withoutNulls(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
}

/** A list that stands for an object, which valibot's schemas of objects accept. */
function listIn(body: unknown): string | undefined {
  if (Array.isArray(body)) return 'body';
  return Array.isArray((body as { readonly arguments?: unknown }).arguments) ? 'arguments' : undefined;
}

function invalidBody(fields: readonly string[]): Response {
  return problemResponse(
    problem(400, 'validation_error', `The body is invalid at: ${fields.join(', ')}.`, {
      suggestion:
        'Send {"arguments": {...}} and optionally timeoutMs (1 to 3600000) and correlationId (1 to 64 of A-Z a-z 0-9 _ . : -).',
    }),
  );
}
