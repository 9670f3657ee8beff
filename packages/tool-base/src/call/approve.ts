import type { Approval, AskForApproval } from '../declare/approvals.ts';
import { ToolError } from '../result/tool-error.ts';
import type { Tool } from '../tool/tool.ts';
import type { Call } from './call.ts';

/**
 * Where the tool asks for it, an operator other than the caller approves the call, before it is admitted. Nothing waits here: the call ends,
 * and its caller repeats it after the decision.
 */
export function approve(tool: Tool, call: Call): void {
  if (tool.definition.confirm !== 'operator') return;
  const approval = requireApprovals(call.request.approvals)(tool, call.request.arguments);
  if (approval.state === 'allowed') call.confirmation = 'allowed';
  else if (approval.state === 'denied') call.confirmation = 'declined';
  if (approval.state !== 'allowed') throw notApproved(approval);
}

/** @throws {ToolError} `forbidden` where no operator can be asked */
export function requireApprovals(approvals: AskForApproval | undefined): AskForApproval {
  if (approvals !== undefined) return approvals;
  throw new ToolError(
    'forbidden',
    'An operator must approve every call of this tool, and none can be asked about this call.',
    {
      suggestion: 'Call it, and not as a job, on a server that runs over HTTP with keys.',
    },
  );
}

function notApproved(approval: Exclude<Approval, { state: 'allowed' }>): ToolError {
  switch (approval.state) {
    case 'denied':
      return new ToolError('forbidden', 'An operator has not allowed this call.', {
        suggestion: 'Do not send it again with these arguments unless the user asks for it.',
      });
    case 'full':
      return new ToolError('resource_exhausted', 'Too many calls wait for the approval of an operator.', {
        suggestion: 'Wait until operators have decided about the earlier calls.',
      });
    case 'waiting': {
      const until = new Date(approval.expiresAtMs).toISOString();
      return new ToolError(
        'forbidden',
        `An operator must approve this call first: approval ${approval.id}, open until ${until}.`,
        {
          suggestion: `Ask for it with this link: ${approval.link} Then send exactly the same call again; without a decision in time it is refused.`,
        },
      );
    }
  }
}
