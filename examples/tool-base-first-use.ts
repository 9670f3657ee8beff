/** The first block of the README of @mcp/tool-base, which is checked against this file. */
import assert from 'node:assert/strict';

import { callTool, defineTool, Tool } from '@mcp/tool-base';
import * as z from 'zod';

const half = defineTool({
  name: 'half',
  description: 'Halves an even number',
  input: z.object({ value: z.number().int().multipleOf(2) }),
  run: ({ value }) => ({ half: value / 2 }),
});
const tool = new Tool(half, { defaults: { timeoutMs: 5_000 } });
const call = (value: number) => callTool(tool, { arguments: { value }, caller: { name: 'ana' } });
console.log((await call(8)).structured, (await call(7)).error?.message); // { half: 4 } value: Invalid number: ...

assert.deepEqual((await call(8)).structured, { half: 4 });
assert.equal((await call(7)).error?.type, 'validation_error');
