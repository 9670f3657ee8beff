import { Hono } from 'hono';

import type { Authenticator } from '../access/authenticator.ts';
import type { AuditTrail } from '../audit/audit-trail.ts';
import { problem, problemResponse } from './problem.ts';
import { jsonResponse, requireScope, type HttpContext, type HttpEnv } from './request-context.ts';

export interface OperationsParts {
  readonly authenticator: Authenticator;
  readonly exposition: (options: { openMetrics: boolean }) => Promise<{ contentType: string; body: string }>;
  /** The event stream of one subscriber, or a refusal when there are too many. */
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
export function operationsRoutes(parts: OperationsParts): Hono<HttpEnv> {
  const read = requireScope(parts.authenticator, 'tools:read');
  const admin = requireScope(parts.authenticator, 'admin');
  return new Hono<HttpEnv>()
    .get('/metrics', read, async (context) => {
      const openMetrics = context.req.header('accept')?.includes('application/openmetrics-text') ?? false;
      const { contentType, body } = await parts.exposition({ openMetrics });
      return new Response(body, { headers: { 'content-type': contentType, 'cache-control': 'no-store' } });
    })
    .get('/events', read, (context) => parts.events(context))
    .get('/executions', read, (context) => executions(parts.audit, context))
    .get('/config', admin, () => jsonResponse(parts.configuration()))
    .post('/config/reload', admin, async () => {
      const answer = await parts.reload();
      if (answer.ok) return jsonResponse(answer);
      const body = problem(
        422,
        'config_rejected',
        'The configuration was not loaded; the previous one stays in force.',
        {
          suggestion: 'Correct the problems listed, then reload again.',
        },
      );
      const { problems } = answer;
      return problemResponse(Object.assign(body, { problems }));
    });
}

async function executions(audit: AuditTrail, context: HttpContext): Promise<Response> {
  const { limit = '100', tool, caller, before } = context.req.query();
  try {
    const page = await audit.query({
      limit: Number(limit),
      ...(tool !== undefined && { tool }),
      ...(caller !== undefined && { caller }),
      ...(before !== undefined && { before }),
    });
    return jsonResponse(page);
  } catch (error) {
    if (error instanceof RangeError) return problemResponse(problem(400, 'validation_error', `${error.message}.`));
    throw error;
  }
}
