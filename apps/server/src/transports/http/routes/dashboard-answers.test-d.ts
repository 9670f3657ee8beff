import type { ExecutionsAnswer, FinishedCall, ToolAnswer } from '@mcp/dashboard';
import type { ToolStatistics } from '@mcp/metrics';
import type { ToolInfo } from '@mcp/tool-base';
import { expectTypeOf, test } from 'vitest';

import type { AuditEntry } from '../../../observability/audit/audit-entry.ts';
import type { AuditPage } from '../../../observability/audit/audit-query.ts';
import type { ServerEventData } from '../../../observability/events/server-events.ts';

test('the types of the page match what the server sends', () => {
  expectTypeOf<ToolInfo & { statistics: ToolStatistics | null }>().toExtend<ToolAnswer>();
  expectTypeOf<AuditEntry>().toExtend<FinishedCall>();
  expectTypeOf<AuditPage>().toExtend<ExecutionsAnswer>();
  expectTypeOf<ServerEventData['call.finished'] & { at: number }>().toExtend<FinishedCall>();
});
