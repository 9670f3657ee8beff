import { ToolMetrics } from '@mcp/metrics';
import { callTool, defineTool, Tool, type ToolResult } from '@mcp/tool-base';

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

export const bare = (): Promise<string> => run(request.arguments);

/** The same with everything around it, as a server has it. */
export function pipeline(): () => Promise<ToolResult> {
  const definition = defineTool({ name: 'noop', description: 'Does nothing', input, inputJsonSchema, run });
  const tool = new Tool(definition, { recorder: new ToolMetrics() });
  return () => callTool(tool, request);
}

export function mustBeRight(answer: string | ToolResult): void {
  if (typeof answer === 'string' ? answer !== 'ana' : !answer.ok)
    throw new Error(`wrong answer: ${JSON.stringify(answer)}`);
}
