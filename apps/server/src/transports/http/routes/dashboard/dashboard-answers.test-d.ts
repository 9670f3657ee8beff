import type { DescribedValue, Problem } from '@mcp/config';
import type {
  ApprovalAnswer,
  CallerAnswer,
  ConfigurationAnswer,
  ExecutionAnswer,
  ExecutionsAnswer,
  FinishedCall,
  JobAnswer,
  JobDetailsAnswer,
  REJECTION_TYPES,
  RejectedReloadAnswer,
  RestApiAnswer,
  RestApiDetailsAnswer,
  ToolAnswer,
  ToolDetailsAnswer,
  UpstreamAnswer,
  UpstreamChangeAnswer,
  UpstreamDetailsAnswer,
} from '@mcp/dashboard';
import type { ToolStatistics } from '@mcp/metrics';
import type { RejectionType, ToolInfo } from '@mcp/tool-base';
import type { UpstreamDiff } from '@mcp/upstreams';
import { expectTypeOf, test } from 'vitest';

import type { ApprovalReport } from '../../../../calls/approvals/approvals.ts';
import type { JobDescription, JobFailure } from '../../../../calls/job-description.ts';
import type { Principal } from '../../../../access/principal.ts';
import type { AuditEntry } from '../../../../observability/audit/audit-entry.ts';
import type { AuditPage } from '../../../../observability/audit/audit-query.ts';
import type { BreakerTransition } from '../../../../observability/breaker-history.ts';
import type { ServerEventData } from '../../../../observability/events/server-events.ts';
import type { ApiDetails, ApiSummary } from '../operations/api-routes.ts';
import type { UpstreamStatus } from '../operator/upstream-routes.ts';

/** What the routes add to the information of a tool. */
interface Added {
  readonly statistics: ToolStatistics | null;
  readonly excluded: boolean;
  readonly permissions: { readonly call: boolean; readonly control: boolean };
}

/** What `GET /upstreams` makes of a report. */
type Summary = Omit<UpstreamStatus, 'tools' | 'pending' | 'withheld' | 'excluded'> & {
  readonly tools: number;
  readonly pending: number;
  readonly withheld: number;
};

test('the types of the page match what the server sends', () => {
  expectTypeOf<ApprovalReport>().toExtend<ApprovalAnswer>();
  expectTypeOf<ToolInfo & Added>().toExtend<ToolAnswer>();
  expectTypeOf<ToolInfo['limits']>().toExtend<ToolDetailsAnswer['limits']>();
  expectTypeOf<ToolInfo['annotations']>().toExtend<ToolDetailsAnswer['annotations']>();
  expectTypeOf<BreakerTransition>().toExtend<ToolDetailsAnswer['breakerHistory'][number]>();
  expectTypeOf<Principal & { readOnly: boolean }>().toExtend<CallerAnswer>();
  expectTypeOf<RejectionType>().toEqualTypeOf<(typeof REJECTION_TYPES)[number]>();
  expectTypeOf<DescribedValue>().toExtend<ConfigurationAnswer['values'][number]>();
  expectTypeOf<{ at: number; problems: readonly Problem[] }>().toExtend<RejectedReloadAnswer>();
  expectTypeOf<JobDescription>().toExtend<JobAnswer>();
  expectTypeOf<JobDescription & { error?: JobFailure }>().toExtend<JobDetailsAnswer>();
  expectTypeOf<UpstreamStatus>().toExtend<UpstreamDetailsAnswer>();
  expectTypeOf<Summary>().toExtend<UpstreamAnswer>();
  expectTypeOf<UpstreamDiff>().toExtend<UpstreamChangeAnswer>();
  expectTypeOf<ApiSummary>().toExtend<RestApiAnswer>();
  expectTypeOf<ApiDetails>().toExtend<RestApiDetailsAnswer>();
  expectTypeOf<AuditEntry>().toExtend<ExecutionAnswer>();
  expectTypeOf<AuditPage>().toExtend<ExecutionsAnswer>();
  expectTypeOf<ServerEventData['call.finished'] & { at: number }>().toExtend<FinishedCall>();
});
