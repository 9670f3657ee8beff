import { defineTool, toolContent, type ToolDefinition } from '@mcp/tool-base';

import { isFinal } from '../../jobs/record/job-record.ts';
import { EXECUTION_CANCEL } from '../../tools/execution-tool-names.ts';
import { EXECUTION_ID, findJob, LIMITS, type ExecutionSource } from './execution-source.ts';
import { jobHandle, stateText } from './job-words.ts';

export function cancelTool(source: ExecutionSource): ToolDefinition {
  return defineTool({
    name: EXECUTION_CANCEL,
    title: 'Cancel an execution',
    description: 'Ends a long execution. What it has printed stays readable; one that has ended stays as it is.',
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
    limits: LIMITS,
    input: { type: 'object', properties: { executionId: EXECUTION_ID }, required: ['executionId'] },
    async run({ executionId }) {
      const found = await findJob(source, executionId);
      if (!isFinal(found)) await source.cancel(found.id);
      const job = (await (await source.jobs()).get(found.id)) ?? found;
      return toolContent({ content: [{ type: 'text', text: stateText(job) }], structured: { ...jobHandle(job) } });
    },
  });
}
