// What does `callTool` cost around a tool that does nothing: input check, breaker, bulkhead, deadline, metrics, result?
import type { ToolResult } from '@mcp/tool-base';
import { paired, type Batch } from '../harness/paired.ts';
import { bare, mustBeRight, pipeline } from './idle-tool.ts';

function batchOf(work: () => Promise<string | ToolResult>): Batch {
  return async (calls) => {
    for (let call = 0; call < calls; call += 1) mustBeRight(await work());
  };
}

await paired(
  { title: 'A tool that does nothing, through the whole pipeline', file: import.meta.url },
  { baseline: ['bare `await run(input)`', () => batchOf(bare)], candidates: { callTool: () => batchOf(pipeline()) } },
);
