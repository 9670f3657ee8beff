/** Tools for the benchmark of jobs: `begin` and `begin_job` say when they began, by a clock that all processes of a machine share. */
import { defineTool, fromJsonSchema } from '@mcp/server';
import type { ToolDefinition } from '@mcp/tool-base';

const input = fromJsonSchema<Record<string, never>>({ type: 'object', additionalProperties: false });
const begin = { input, limits: { concurrency: 100 }, run: (): string => String(process.hrtime.bigint()) };

export const tools: readonly ToolDefinition[] = [
  defineTool({ ...begin, name: 'begin', description: 'Says when it began' }),
  ...(process.env['BENCH_JOBS'] === undefined
    ? []
    : [
        defineTool({ ...begin, name: 'begin_job', description: 'Says when it began', job: { mode: 'required' } }),
        defineTool({
          name: 'hold',
          description: 'Runs until it is cancelled',
          input,
          job: { mode: 'required' },
          run: (_, { signal }) =>
            new Promise<string>((resolve) => signal.addEventListener('abort', () => resolve('cancelled'))),
        }),
      ]),
];
