import type { CallToolResult } from '@mcp/tool-base';
import type { Implementation } from '@modelcontextprotocol/server';

import { callResult } from '../../../calls/job-result.ts';
import type { ToolGateway } from '../../../calls/tool-gateway.ts';
import type { JobRecord } from '../../../jobs/record/job-record.ts';
import { clientResult } from './client-result.ts';

/** The result of an ended job, as `tools/call` would have answered it. */
export function taskResult(
  job: JobRecord,
  gateway: Pick<ToolGateway, 'registry'>,
  client: Pick<Implementation, 'name'> | undefined,
): CallToolResult {
  return clientResult(callResult(job), gateway.registry.get(job.tool), client);
}
