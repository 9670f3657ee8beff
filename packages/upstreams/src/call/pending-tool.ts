import { ToolError, type ToolDefinition } from '@mcp/tool-base';

import { listOrder } from '../listing/list-order.ts';
import type { Pending } from '../trust/trust.ts';

/** Takes the place of a tool that waits for approval: a call is rejected with the reason, and nobody reads the unapproved texts. */
export function pendingTool(
  key: string,
  position: number,
  exposed: string,
  change: Pending<unknown>['change'],
): ToolDefinition {
  const reason =
    change === 'new'
      ? `It is new at the upstream ${key} and waits for the approval of an operator.`
      : `It changed at the upstream ${key} and waits for the approval of an operator.`;
  return {
    name: exposed,
    kind: 'upstream',
    description: reason,
    input: { '~standard': { version: 1, vendor: '@mcp/upstreams', validate: (value) => ({ value }) } },
    inputJsonSchema: { type: 'object' },
    listOrder: listOrder(position, exposed),
    targets: [],
    settleMs: 0,
    available: () => ({ ok: false, reason }),
    run: () => {
      throw new ToolError('disabled', reason);
    },
  };
}
