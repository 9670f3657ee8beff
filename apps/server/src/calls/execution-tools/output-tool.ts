import { defineTool, toolContent, ToolError, type OutputStream, type ToolDefinition } from '@mcp/tool-base';

import type { OutputPage } from '../../jobs/output/output-page.ts';
import { OUTPUT_STREAMS } from '../../jobs/output/output-store.ts';
import { EXECUTION_OUTPUT } from '../../tools/execution-tool-names.ts';
import { EXECUTION_ID, findJob, LIMITS, type ExecutionSource } from './execution-source.ts';

const MIN_BYTES = 16;
const DEFAULT_BYTES = 16_384;
const MAX_BYTES = 65_536;

export function outputTool(source: ExecutionSource): ToolDefinition {
  return defineTool({
    name: EXECUTION_OUTPUT,
    title: 'Output of an execution',
    description:
      'A part of what the program of an execution printed, also while it runs. The last line of the answer says how much ' +
      'there is and where the next part begins.',
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    // The text, and the same again where it has to be escaped.
    limits: { ...LIMITS, maxOutputBytes: 2 * MAX_BYTES },
    input: {
      type: 'object',
      properties: {
        executionId: EXECUTION_ID,
        stream: { type: 'string', enum: [...OUTPUT_STREAMS], default: 'stdout' },
        offset: {
          type: 'integer',
          minimum: 0,
          maximum: 2 ** 40,
          default: 0,
          description: 'The byte to begin at',
        },
        limit: { type: 'integer', minimum: MIN_BYTES, maximum: MAX_BYTES, default: DEFAULT_BYTES },
      },
      required: ['executionId'],
    },
    async run({ executionId, stream = 'stdout', offset = 0, limit = DEFAULT_BYTES }) {
      const job = await findJob(source, executionId);
      if (job.outputRemoved) throw removed();
      const jobs = await source.jobs();
      const range = { offset: Number(offset), limit: Number(limit) };
      const page = await jobs.page(job, stream as OutputStream, range);
      const text = page.text ?? Buffer.from(page.bytes).toString('base64');
      const texts = [...(text === '' ? [] : [text]), placeText(page)];
      return toolContent({ content: texts.map((part) => ({ type: 'text', text: part })) });
    },
  });
}

function placeText({ offset, bytes, text, total, next }: OutputPage): string {
  if (bytes.length === 0) return `[no output from byte ${offset} on; ${total} bytes so far]`;
  const encoding = text === undefined ? ', not UTF-8, so in base64' : '';
  const rest = next === undefined ? '' : `; the next part begins at offset ${next}`;
  return `[bytes ${offset} to ${offset + bytes.length - 1} of ${total}${encoding}${rest}]`;
}

function removed(): ToolError {
  return new ToolError('tool_error', 'The output was removed because newer output needed the space.', {
    suggestion: 'Its result is still there: call execution_status.',
  });
}
