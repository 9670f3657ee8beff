import { type } from 'arktype';
import * as v from 'valibot';
import { expectTypeOf } from 'vitest';
import * as z from 'zod';
import { defineTool, type ToolContext, type ToolDefinition } from '../index.ts';

const basics = { name: 'a', description: 'b' };

// The input of `run` has the type that the schema gives, with defaults and transforms applied.
const valibot = defineTool({
  ...basics,
  input: v.object({ n: v.optional(v.number(), 1), s: v.pipe(v.string(), v.transform(Number)) }),
  run(input, context) {
    expectTypeOf(input).toEqualTypeOf<{ n: number; s: number }>();
    expectTypeOf(context).toEqualTypeOf<ToolContext>();
  },
});
defineTool({ ...basics, input: z.object({ a: z.string() }), run: ({ a }) => expectTypeOf(a).toEqualTypeOf<string>() });
defineTool({ ...basics, input: type({ a: 'number' }), run: ({ a }) => expectTypeOf(a).toEqualTypeOf<number>() });

expectTypeOf(valibot).toEqualTypeOf<ToolDefinition>();

// @ts-expect-error a name is required
defineTool({ description: 'b', input: v.object({}), run: () => 'x' });
// @ts-expect-error a tool has something to run
defineTool({ ...basics, input: v.object({}) });
