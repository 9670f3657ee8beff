/** The module our server is given: `echo`, and as many copies of it as `BENCH_TOOLS` says (1 when unset). */
import { defineTool, fromJsonSchema } from '@mcp/server';
import type { ToolDefinition } from '@mcp/tool-base';

const input = fromJsonSchema<{ text: string }>({
  type: 'object',
  properties: { text: { type: 'string', maxLength: 1000, description: 'What to say' } },
  required: ['text'],
  additionalProperties: false,
});

const count = Number(process.env['BENCH_TOOLS'] ?? 1);

/** Takes 50 ms and does nothing, for the overload benchmark: four at a time, with a queue. */
const work = defineTool({
  name: 'work',
  description: 'Takes 50 ms',
  input: fromJsonSchema<Record<string, never>>({ type: 'object', additionalProperties: false }),
  limits: { concurrency: 4, queue: { size: 3, timeoutMs: 60 } },
  run: () => new Promise<string>((resolve) => setTimeout(() => resolve('done'), 50)),
});

const echoes = Array.from({ length: count }, (_, index) =>
  defineTool({
    name: index === 0 ? 'echo' : `echo_${index}`,
    description: 'Says it again',
    input,
    limits: { concurrency: 100 },
    run: ({ text }) => text,
  }),
);

export const tools: readonly ToolDefinition[] = process.env['BENCH_TOOLS'] === undefined ? [...echoes, work] : echoes;
