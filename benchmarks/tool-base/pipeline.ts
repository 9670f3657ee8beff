/**
 * What does `callTool` cost around a tool that does nothing: input check, breaker, bulkhead, deadline, metrics, result?
 *
 *   node --conditions=@mcp/source --expose-gc benchmarks/tool-base/pipeline.ts
 */

import { ToolMetrics } from '@mcp/metrics';
import { callTool, defineTool, Tool, type ToolResult } from '@mcp/tool-base';
import { paired, spread, type Batch } from '../harness/paired.ts';

const MAX_NANOSECONDS = 3000;
const MAX_BYTES = 1536;

interface Arguments {
  readonly name: string;
}

/** What a compiled schema costs at least: the measurement is about the pipeline, not about a schema library. */
const input = {
  '~standard': {
    version: 1 as const,
    vendor: 'bench',
    types: undefined as { readonly input: Arguments; readonly output: Arguments } | undefined,
    validate: (value: unknown) =>
      typeof (value as Arguments).name === 'string'
        ? { value: value as Arguments }
        : { issues: [{ message: 'name must be a string' }] },
  },
};
const inputJsonSchema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };

const run = async ({ name }: Arguments): Promise<string> => name;
const request = { arguments: { name: 'ana' }, caller: { name: 'bench' } };

function pipeline(): () => Promise<ToolResult> {
  const definition = defineTool({ name: 'noop', description: 'Does nothing', input, inputJsonSchema, run });
  const tool = new Tool(definition, { recorder: new ToolMetrics() });
  return () => callTool(tool, request);
}

function batchOf(work: () => Promise<unknown>): Batch {
  return async (calls) => {
    for (let call = 0; call < calls; call += 1) await work();
  };
}

const bare = (): Promise<string> => run(request.arguments);

const [result] = await paired({
  title: 'A tool that does nothing, through the whole pipeline',
  file: import.meta.url,
  baseline: ['bare `await run(input)`', () => batchOf(bare)],
  contestants: { callTool: () => batchOf(pipeline()) },
});

/** Fewer calls than fill the young generation, so that nothing is collected in between. */
async function bytesPerCall(work: () => Promise<unknown>, collect: () => void): Promise<number> {
  const calls = 1000;
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let call = 0; call < calls; call += 1) await work();
  return (process.memoryUsage().heapUsed - before) / calls;
}

const { gc } = globalThis;
if (gc === undefined) throw new Error('run with --expose-gc to measure the allocation');
const collect = (): void => {
  gc();
};
const piped = pipeline();
await batchOf(piped)(20_000);
const over: number[] = [];
for (let round = 0; round < 15; round += 1) {
  over.push((await bytesPerCall(piped, collect)) - (await bytesPerCall(bare, collect)));
}
const bytes = spread(over);
console.log(
  `allocated: ${bytes.median.toFixed(0)} (${bytes.least.toFixed(0)}-${bytes.greatest.toFixed(0)}) bytes a call over the bare call`,
);

const failed = result === undefined || result.over.median > MAX_NANOSECONDS || bytes.median > MAX_BYTES;
console.log(failed ? 'FAILED' : 'ok', `(at most ${MAX_NANOSECONDS} ns and ${MAX_BYTES} bytes)`);
process.exitCode = failed ? 1 : 0;
