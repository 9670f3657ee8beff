/** The function tools of the endurance run; the programs are in its configuration. */
import { defineTool, fromJsonSchema } from '@mcp/server';
import type { ToolDefinition } from '@mcp/tool-base';

const input = fromJsonSchema<{ text: string }>({
  type: 'object',
  properties: { text: { type: 'string', maxLength: 1000 } },
  required: ['text'],
});
const limits = { concurrency: 100 };

export const tools: readonly ToolDefinition[] = [
  defineTool({ name: 'echo', description: 'Says it again', input, limits, run: ({ text }) => text }),
  defineTool({
    name: 'chatty',
    description: 'Logs and reports progress before it answers',
    input,
    limits,
    run: async ({ text }, { log, reportProgress }) => {
      log.info('begun');
      reportProgress({ progress: 1, total: 2 });
      await new Promise((resolve) => setImmediate(resolve));
      return text;
    },
  }),
  defineTool({
    name: 'deaf',
    description: 'Ignores its signal and never answers',
    input,
    limits: { concurrency: 4, timeoutMs: 50 },
    circuitBreaker: { timeoutIsFailure: false },
    run: () => new Promise<string>(() => {}),
  }),
];
