import { hasScope, mayKnowOfCall, maySeeEveryTool } from '../../../../access/principal.ts';
import type { JobCalls } from '../../../../calls/job-calls.ts';
import { auditIdAfter, NO_TOOL, type AuditEntry } from '../../../../observability/audit/audit-entry.ts';
import type { AuditTrail } from '../../../../observability/audit/audit-trail.ts';
import { problem, problemResponse } from '../../../../foundation/problem-details.ts';
import { jsonResponse, type HttpContext } from '../../routing/request-context.ts';
import type { Route } from '../../routing/route.ts';
import { listJobs } from './list-jobs.ts';
import { prefersOpenMetrics } from './openmetrics-negotiation.ts';

export interface OperationsDependencies {
  /** Undefined when metrics are off. */
  readonly exposition: (options: {
    openMetrics: boolean;
  }) => Promise<{ contentType: string; body: string } | undefined>;
  /** The event stream of one client, or a problem when there are too many streams. */
  readonly events: (context: HttpContext) => Response;
  readonly audit: AuditTrail;
  readonly jobs: JobCalls;
  /** Effective values with their sources, redacted; plain JSON. */
  readonly configuration: () => unknown;
  readonly reload: () => Promise<ReloadResult>;
}

export type ReloadResult =
  | { readonly ok: true; readonly [member: string]: unknown }
  | { readonly ok: false; readonly problems: readonly unknown[] };

/** For operators: metrics, events, the audit log, the configuration. */
export function operationsRoutes(dependencies: OperationsDependencies): Route[] {
  return [
    {
      method: 'GET',
      path: '/metrics',
      scope: 'tools:read',
      operation: 'metrics',
      summary: 'Prometheus text; OpenMetrics with exemplars when the Accept header prefers it',
      responses: {
        200: { description: 'The metrics', contentType: 'text/plain' },
        403: { description: 'Host, Origin or scope is not allowed, or not every tool is visible to the caller' },
        404: { description: 'Metrics are off' },
      },
      handle: async (context) => {
        if (!maySeeEveryTool(context.var.principal)) return problemResponse(wholeServerOnly);
        const openMetrics = prefersOpenMetrics(context.req.header('accept'));
        const exposed = await dependencies.exposition({ openMetrics });
        if (!exposed) return problemResponse(problem(404, 'not_found', 'Metrics are off (metrics.enabled).'));
        const { contentType, body } = exposed;
        return new Response(body, { headers: { 'content-type': contentType, 'cache-control': 'no-store' } });
      },
    },
    {
      method: 'GET',
      path: '/events',
      scope: 'tools:read',
      operation: 'events',
      summary: 'Events as server-sent events; Last-Event-ID replays missed ones',
      responses: {
        200: { description: 'The stream', contentType: 'text/event-stream' },
        429: { description: 'This caller has too many open streams' },
        503: { description: 'The server has too many open streams' },
      },
      handle: (context) => dependencies.events(context),
    },
    {
      method: 'GET',
      path: '/executions',
      scope: 'tools:read',
      operation: 'executions',
      summary:
        'The audit log, newest first: calls of visible tools, own calls, and for admin refused credentials; with state, jobs',
      query: {
        limit: '1 to 1000, default 100',
        tool: `only calls of this tool; ${NO_TOOL} for refused credentials`,
        caller: 'only calls of this caller',
        before: '"next" of the previous page',
        until: 'only calls that ended at this time or earlier, milliseconds since the epoch',
        state:
          'instead of the audit log, jobs in this state: open, queued, running, cancelling, waiting; ended, or how they ended',
      },
      responses: { 200: { description: 'A page of executions' }, 400: { description: 'A query parameter is invalid' } },
      handle: (context) =>
        context.req.query('state') === undefined
          ? executions(dependencies.audit, context)
          : listJobs(dependencies.jobs, context),
    },
    {
      method: 'GET',
      path: '/config',
      scope: 'admin',
      operation: 'get_config',
      summary: 'The effective configuration with the source of each value, without secrets',
      responses: { 200: { description: 'The configuration' } },
      handle: () => jsonResponse(dependencies.configuration()),
    },
    {
      method: 'POST',
      path: '/config/reload',
      scope: 'admin',
      operation: 'reload_config',
      summary: 'Reload the configuration, all or nothing',
      responses: {
        200: { description: 'What changed, and what takes effect after a restart' },
        422: { description: 'Rejected: every problem is listed and the running configuration stays' },
      },
      handle: () => reload(dependencies),
    },
  ];
}

/** Metrics name every tool, and sums over some of them would look like those of the server. */
const wholeServerOnly = problem(
  403,
  'forbidden',
  'Metrics name every tool, but only some tools are visible to this credential.',
  {
    suggestion:
      'Use a key with the scope tools:read and no tools:call:<glob>, or read GET /tools and the resource mcp://metrics.',
  },
);

async function reload(dependencies: OperationsDependencies): Promise<Response> {
  const result = await dependencies.reload();
  if (result.ok) return jsonResponse(result);
  const { problems } = result;
  const body = problem(422, 'config_rejected', 'The configuration is invalid; the running one stays.', {
    suggestion: 'Fix the listed problems, then reload again.',
  });
  return problemResponse(Object.assign(body, { problems }));
}

/** @throws {RangeError} */
function idAfter(until: string): string {
  if (!/^\d{1,14}$/.test(until)) throw new RangeError('until must be a time in milliseconds since the epoch');
  return auditIdAfter(Number(until));
}

async function executions(audit: AuditTrail, context: HttpContext): Promise<Response> {
  const { principal } = context.var;
  const visible = hasScope(principal, 'admin')
    ? undefined
    : (entry: AuditEntry): boolean => entry.tool !== NO_TOOL && mayKnowOfCall(principal, entry);
  const { limit = '100', tool, caller, before, until } = context.req.query();
  try {
    const query = {
      limit: /^\d{1,4}$/.test(limit) ? Number(limit) : Number.NaN,
      ...(tool !== undefined && { tool }),
      ...(caller !== undefined && { caller }),
      ...(before !== undefined && { before }),
      ...(before === undefined && until !== undefined && { before: idAfter(until) }),
    };
    const page = await audit.query(query, visible);
    return jsonResponse(page);
  } catch (error) {
    if (error instanceof RangeError) return problemResponse(problem(400, 'validation_error', `${error.message}.`));
    throw error;
  }
}
