import { defineTool, toolContent, type ContentBlock, type ToolDefinition } from '@mcp/tool-base';

import { isFinal } from '../../jobs/record/job-record.ts';
import { EXECUTION_STATUS } from '../../tools/execution-tool-names.ts';
import { callResult } from '../job-result.ts';
import { EXECUTION_ID, findJob, LIMITS, type ExecutionSource } from './execution-source.ts';
import { jobHandle, MAX_WAIT_MS, stateText } from './job-words.ts';

export function statusTool(source: ExecutionSource): ToolDefinition {
  return defineTool({
    name: EXECUTION_STATUS,
    title: 'Status of an execution',
    description:
      'Whether a long execution has ended, and then its result. With waitMs it answers as soon as the execution ends, ' +
      'or after that time; call it again until it has ended.',
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    limits: LIMITS,
    input: {
      type: 'object',
      properties: {
        executionId: EXECUTION_ID,
        waitMs: {
          type: 'integer',
          minimum: 0,
          maximum: MAX_WAIT_MS,
          default: 0,
          description: 'How long to wait for the end, in milliseconds',
        },
      },
      required: ['executionId'],
    },
    async run({ executionId, waitMs = 0 }, { signal }) {
      const found = await findJob(source, executionId);
      const jobs = await source.jobs();
      const job = (await jobs.wait(found.id, { timeoutMs: Number(waitMs), signal })) ?? found;
      const state: ContentBlock = { type: 'text', text: stateText(job) };
      if (!isFinal(job)) return toolContent({ content: [state], structured: { ...jobHandle(job) } });
      const { ok, content } = callResult(job);
      return toolContent({ content: [state, ...content], structured: { ...jobHandle(job), isError: !ok } });
    },
  });
}
