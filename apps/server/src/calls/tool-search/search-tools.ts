import { defineTool, toListedTool, ToolError, type Tool, type ToolDefinition } from '@mcp/tool-base';

export interface SearchSource {
  readonly find: (text: string, limit: number) => Promise<readonly Tool[]>;
  /** The tools that the caller may see. */
  readonly visible: () => readonly Tool[];
}

export const CALL_TOOL = 'call_tool';

const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 20;
const MAX_SUMMARY_LENGTH = 200;

const HINTS = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };

export function searchToolDefinitions({ find, visible }: SearchSource): ToolDefinition[] {
  return [
    defineTool({
      name: 'search_tools',
      title: 'Search tools',
      description:
        'Finds tools by what they do. More tools exist than are listed: search here before you say that something cannot be done. ' +
        'If none of those that it finds fits, search again for the thing alone, such as "invoice", or in other words. ' +
        'Then read the arguments with describe_tool and call the tool with call_tool.',
      annotations: HINTS,
      input: {
        type: 'object',
        properties: {
          search: {
            type: 'string',
            minLength: 1,
            maxLength: 500,
            description:
              'What the tool should do, in a few words, such as "refund an invoice". In English, unless the tools are in another language',
          },
          limit: { type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT },
        },
        required: ['search'],
      },
      async run({ search, limit = DEFAULT_LIMIT }) {
        const found = await find(String(search), Number(limit));
        return { tools: found.map(summaryOf) };
      },
    }),
    defineTool({
      name: 'describe_tool',
      title: 'Describe a tool',
      description: 'The description and the input schema of one tool that search_tools found.',
      annotations: HINTS,
      input: {
        type: 'object',
        properties: { name: { type: 'string', maxLength: 128, description: 'The name of the tool' } },
        required: ['name'],
      },
      run({ name }) {
        const tool = visible().find((one) => one.name === name) ?? unknownTool();
        const { outputSchema: _, ...described } = toListedTool(tool);
        return described;
      },
    }),
    defineTool({
      name: CALL_TOOL,
      title: 'Call a tool',
      description:
        'Calls a tool that search_tools found, with the arguments that describe_tool says. The result is that of the tool.',
      input: {
        type: 'object',
        properties: {
          name: { type: 'string', maxLength: 128, description: 'The name of the tool' },
          arguments: { type: 'object', description: 'Its arguments' },
        },
        required: ['name'],
      },
      // Only calls that name no other tool arrive here.
      run: unknownTool,
    }),
  ];
}

function unknownTool(): never {
  throw new ToolError('validation_error', 'There is no tool of that name that could be called so.', {
    suggestion: 'Find its name with search_tools.',
  });
}

/** A line for each tool: which it is, not how it is called. */
function summaryOf(tool: Tool): Record<string, unknown> {
  const [line = ''] = tool.definition.description.split('\n', 1);
  const { properties = {}, required = [] } = tool.inputJsonSchema as {
    readonly properties?: object;
    readonly required?: readonly string[];
  };
  const names = Object.keys(properties).map((name) => (required.includes(name) ? name : `${name}?`));
  return {
    name: tool.name,
    description: line.length > MAX_SUMMARY_LENGTH ? `${line.slice(0, MAX_SUMMARY_LENGTH - 1)}…` : line,
    arguments: names.join(', '),
  };
}
