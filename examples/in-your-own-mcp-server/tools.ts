/** The tools of both servers, with their limits; nothing here is of either SDK. */
import { createLauncher, defineCommandTool, defineTool, TargetPolicy, Tool, ToolRegistry } from '@mcp/tool-base';
import * as z from 'zod';

const add = defineTool({
  name: 'add',
  description: 'Adds two numbers',
  input: z.object({ a: z.number(), b: z.number() }),
  output: z.object({ sum: z.number() }),
  run: ({ a, b }) => ({ sum: a + b }),
});

export async function openTools(): Promise<ToolRegistry> {
  const launcher = await createLauncher(); // ends with the process
  const options = { launcher, policy: new TargetPolicy({ allowed: ['loopback'] }) };
  const lookup = defineCommandTool({
    name: 'lookup',
    description: 'Asks the name service of this machine for a host',
    command: 'getent',
    target: 'ip_or_host',
    args: ['hosts', '--', '{target}'],
  });
  const registry = new ToolRegistry();
  for (const definition of [add, lookup]) registry.add(new Tool(definition, options));
  return registry;
}
