/**
 * What does `callTool` cost around a tool that does nothing? The same function is called bare and through the whole pipeline
 * (input check, breaker, bulkhead, deadline, metrics, result), in short alternating rounds, so that both see the same machine.
 *
 *   node --conditions=@mcp/source --expose-gc benchmarks/tool-base/pipeline.bench.ts
 */

import { ToolMetrics } from '@mcp/metrics';
import { callTool, defineTool, Tool } from '@mcp/tool-base';

const ROUNDS = 41;
const CALLS = 20_000;
const MAX_MICROSECONDS = 3;
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
const metrics = new ToolMetrics();
const tool = new Tool(defineTool({ name: 'noop', description: 'Does nothing', input, inputJsonSchema, run }), {
  recorder: metrics,
});
const request = { arguments: { name: 'ana' }, caller: { name: 'bench' } };

async function bare(): Promise<void> {
  for (let call = 0; call < CALLS; call += 1) await run(request.arguments);
}

async function piped(): Promise<void> {
  for (let call = 0; call < CALLS; call += 1) {
    const result = await callTool(tool, request);
    if (!result.ok) throw new Error(result.error?.message);
  }
}

async function microsecondsPerCall(work: () => Promise<void>): Promise<number> {
  const startedAt = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - startedAt) / 1000 / CALLS;
}

/** Fewer calls than fill the young generation, so that nothing is collected in between. */
async function bytesPerCall(work: () => Promise<unknown>): Promise<number> {
  const calls = 1000;
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  for (let call = 0; call < calls; call += 1) await work();
  return (process.memoryUsage().heapUsed - before) / calls;
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

await piped();
const times = { bare: [] as number[], piped: [] as number[] };
for (let round = 0; round < ROUNDS; round += 1) {
  times.bare.push(await microsecondsPerCall(bare));
  times.piped.push(await microsecondsPerCall(piped));
}
const overhead = median(times.piped) - median(times.bare);
console.log(`bare call      ${median(times.bare).toFixed(2)} us`);
console.log(
  `through the pipeline ${median(times.piped).toFixed(2)} us: ${overhead.toFixed(2)} us over the bare call (limit ${MAX_MICROSECONDS})`,
);

let failed = overhead > MAX_MICROSECONDS;
if (globalThis.gc === undefined) console.log('allocation     not measured: run with --expose-gc');
else {
  const bytes = { bare: [] as number[], piped: [] as number[] };
  for (let round = 0; round < 15; round += 1) {
    bytes.bare.push(await bytesPerCall(() => run(request.arguments)));
    bytes.piped.push(await bytesPerCall(() => callTool(tool, request)));
  }
  const allocated = median(bytes.piped) - median(bytes.bare);
  console.log(`allocation     ${allocated.toFixed(0)} bytes a call over the bare call (limit ${MAX_BYTES})`);
  failed ||= allocated > MAX_BYTES;
}
process.exitCode = failed ? 1 : 0;
