import { defineTool } from '@mcp/tool-base';
import * as z from 'zod';

const rollDie = defineTool({
  name: 'roll_die',
  description: 'Rolls a die',
  input: z.object({ sides: z.int().min(2).max(100) }),
  run: ({ sides }) => ({ rolled: Math.ceil(Math.random() * sides) }),
});
export const tools = [rollDie];
