import { mayKnowOfCall, maySeeEveryTool } from '../../../access/principal.ts';
import type { AuditEntry } from '../../../observability/audit/audit-entry.ts';
import type { AuditTrail } from '../../../observability/audit/audit-trail.ts';
import { problem, problemResponse } from '../../../problem-details.ts';
import { jsonResponse, type HttpContext } from '../routing/request-context.ts';
import type { Route } from '../routing/route.ts';

export interface OperationsParts {
  /** `undefined` when metrics are switched off. */
  readonly exposition: (options: {
    openMetrics: boolean;
  }) => Promise<{ contentType: string; body: string } | undefined>;
  /** The event stream of one subscriber, or a rejection when there are too many. */
  readonly events: (context: HttpContext) => Response;
  readonly audit: AuditTrail;
  /** Effective values with origins, redacted; plain JSON. */
  readonly configuration: () => unknown;
  readonly reload: () => Promise<ReloadAnswer>;
}

export type ReloadAnswer =
  | { readonly ok: true; readonly [member: string]: unknown }
  | { readonly ok: false; readonly problems: readonly unknown[] };

/** What operators ask a running server: metrics, events, the audit trail, the configuration. */
export function operationsRoutes(parts: OperationsParts): Route[] {
  return [
    {
      method: 'GET',
      path: '/metrics',
      scope: 'tools:read',
      operation: 'metrics',
      summary: 'Prometheus text; OpenMetrics with exemplars when the Accept header asks for it',
      answers: {
        200: { description: 'The series', contentType: 'text/plain' },
        403: { description: 'Host, Origin or scope is not allowed, or the caller may see only some of the tools' },
        404: { description: 'Metrics are switched off' },
      },
      handle: async (context) => {
        if (!maySeeEveryTool(context.var.principal)) return problemResponse(wholeServerOnly);
        const openMetrics = context.req.header('accept')?.includes('application/openmetrics-text') ?? false;
        const exposed = await parts.exposition({ openMetrics });
        if (!exposed) return problemResponse(problem(404, 'not_found', 'Metrics are switched off (metrics.enabled).'));
        const { contentType, body } = exposed;
        return new Response(body, { headers: { 'content-type': contentType, 'cache-control': 'no-store' } });
      },
    },
    {
      method: 'GET',
      path: '/events',
      scope: 'tools:read',
      operation: 'events',
      summary: 'What happens, as server-sent events; Last-Event-ID replays what was missed',
      answers: {
        200: { description: 'The stream', contentType: 'text/event-stream' },
        429: { description: 'This caller has too many streams open' },
        503: { description: 'The server has too many streams open' },
      },
      handle: (context) => parts.events(context),
    },
    {
      method: 'GET',
      path: '/executions',
      scope: 'tools:read',
      operation: 'executions',
      summary: 'The audit trail, newest first: calls of tools the caller may see, and its own',
      query: {
        limit: '1 to 1000, default 100',
        tool: 'only this tool',
        caller: 'only this caller',
        before: 'the "next" of the previous page',
      },
      answers: { 200: { description: 'A page of executions' }, 400: { description: 'A query parameter is wrong' } },
      handle: (context) => executions(parts.audit, context),
    },
    {
      method: 'GET',
      path: '/config',
      scope: 'admin',
      operation: 'get_config',
      summary: 'The effective configuration with the origin of each value, secrets left out',
      answers: { 200: { description: 'The configuration' } },
      handle: () => jsonResponse(parts.configuration()),
    },
    {
      method: 'POST',
      path: '/config/reload',
      scope: 'admin',
      operation: 'reload_config',
      summary: 'Read the configuration again; all of it takes effect, or nothing',
      answers: {
        200: { description: 'What changed, and what waits for a restart' },
        422: { description: 'Refused; every problem is listed and the previous configuration stays' },
      },
      handle: () => reload(parts),
    },
  ];
}

/** Series and breakers carry the names of all tools, and sums over some of them would be taken for the server's. */
const wholeServerOnly = problem(
  403,
  'forbidden',
  'Metrics name every tool, and this credential may see only some of them.',
  {
    suggestion:
      'Use a key with the scope tools:read and no tools:call:<glob>, or read GET /tools and the resource mcp://metrics.',
  },
);

async function reload(parts: OperationsParts): Promise<Response> {
  const answer = await parts.reload();
  if (answer.ok) return jsonResponse(answer);
  const { problems } = answer;
  const body = problem(422, 'config_rejected', 'The configuration was not loaded; the previous one stays in force.', {
    suggestion: 'Correct the problems listed, then reload again.',
  });
  return problemResponse(Object.assign(body, { problems }));
}

async function executions(audit: AuditTrail, context: HttpContext): Promise<Response> {
  const { principal } = context.var;
  const visible = maySeeEveryTool(principal)
    ? undefined
    : (entry: AuditEntry): boolean => mayKnowOfCall(principal, entry);
  const { limit = '100', tool, caller, before } = context.req.query();
  try {
    const query = {
      limit: /^\d{1,4}$/.test(limit) ? Number(limit) : Number.NaN,
      ...(tool !== undefined && { tool }),
      ...(caller !== undefined && { caller }),
      ...(before !== undefined && { before }),
    };
    const page = await audit.query(query, visible);
    return jsonResponse(page);
  } catch (error) {
    if (error instanceof RangeError) return problemResponse(problem(400, 'validation_error', `${error.message}.`));
    throw error;
  }
}
