import * as v from 'valibot';

import type { ApprovalReport, Approvals } from '../../../../calls/approvals/approvals.ts';
import type { AuditTrail } from '../../../../observability/audit/audit-trail.ts';
import { problem, problemResponse } from '../../../../foundation/problem-details.ts';
import { jsonResponse, type HttpContext } from '../../routing/request-context.ts';
import type { Route } from '../../routing/route.ts';

export interface ApprovalRoutesDependencies {
  /** Absent where no call can wait for an operator. */
  readonly approvals: Pick<Approvals, 'list' | 'decide'> | undefined;
  readonly audit: AuditTrail;
}

const approval = v.object({
  id: v.string(),
  tool: v.string(),
  caller: v.string(),
  arguments: v.string(),
  state: v.picklist(['waiting', 'allowed', 'denied']),
  requestedAt: v.number(),
  expiresAt: v.number(),
  decidedBy: v.nullable(v.string()),
});

/** `/approvals`: calls of tools with `confirm: operator`, and what was decided about them. */
export function approvalRoutes(dependencies: ApprovalRoutesDependencies): Route[] {
  const decision = (verb: 'approve' | 'deny', summary: string): Route => ({
    method: 'POST',
    path: `/approvals/:id/${verb}`,
    scope: 'approvals',
    operation: `${verb}_call`,
    summary,
    responses: {
      200: { description: 'The approval as it is now', schema: approval },
      403: { description: 'It is a call of the same caller' },
      404: { description: 'No such call waits; it may have expired' },
      409: { description: 'Somebody has decided already' },
    },
    handle: (context) => decide(dependencies, context, verb === 'approve'),
  });
  return [
    {
      method: 'GET',
      path: '/approvals',
      scope: 'approvals',
      operation: 'list_approvals',
      summary: 'The calls that wait for an operator, and those decided that have not been repeated or expired',
      responses: { 200: { description: 'Oldest first', schema: v.object({ approvals: v.array(approval) }) } },
      handle: () => jsonResponse({ approvals: dependencies.approvals?.list() ?? [] }),
    },
    decision('approve', 'Allow one call, once; its caller then repeats it'),
    decision('deny', 'Refuse one call'),
  ];
}

function decide({ approvals, audit }: ApprovalRoutesDependencies, context: HttpContext, allowed: boolean): Response {
  const { name, keyName } = context.get('principal');
  const decided = approvals?.decide(context.req.param('id') ?? '', allowed, name) ?? { result: 'unknown' };
  switch (decided.result) {
    case 'unknown':
      return problemResponse(
        problem(404, 'not_found', 'No such call waits for approval.', {
          suggestion:
            'GET /approvals lists the calls that wait. One that expired is asked for again when its caller repeats it.',
        }),
      );
    case 'own':
      return problemResponse(
        problem(403, 'own_call', 'A call cannot be approved by its own caller.', {
          suggestion: 'Have another person decide, with a key of their own.',
        }),
      );
    case 'late':
      return problemResponse(
        problem(409, 'already_decided', 'Somebody has decided about this call already.', {
          suggestion: 'GET /approvals shows who and how.',
        }),
      );
    case 'decided':
      record(audit, decided.report, name, keyName);
      return jsonResponse(decided.report);
  }
}

/** The decision as an entry of its own, by the person who decided; that of the call names them too. */
function record(
  audit: ApprovalRoutesDependencies['audit'],
  { id, tool, caller, state }: ApprovalReport,
  by: string,
  keyName: string | undefined,
): void {
  audit.record({
    correlationId: id,
    caller: by,
    tool,
    decision: state === 'allowed' ? 'allowed' : 'refused',
    outcome: state === 'allowed' ? 'approved' : 'denied',
    message: `A call by ${caller}.`,
    keyName,
    durationMs: 0,
    queueMs: 0,
    outputBytes: 0,
  });
}
