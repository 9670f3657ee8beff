import type { ToolAnnotations } from '../declare/tool-definition.ts';
import { listedSchema } from './listed-schema.ts';
import type { Tool } from './tool.ts';

type ObjectSchema = { type: 'object' } & Record<string, unknown>;

/** A tool as `tools/list` of MCP has it; assignable to the `Tool` of `@modelcontextprotocol/server` and `/sdk`. */
export type ListedTool = {
  name: string;
  title?: string;
  description: string;
  inputSchema: ObjectSchema;
  outputSchema?: ObjectSchema;
  annotations?: ToolAnnotations;
};

/** What MCP says of a tool that says nothing. */
const USUAL_HINTS: ToolAnnotations = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: false,
  openWorldHint: true,
};

/** Describes a tool in the fewest words that lose nothing; one whose definition asks for it is described verbatim. */
export function toListedTool(tool: Tool): ListedTool {
  const { title, description, annotations = {}, verbatimSchemas = false } = tool.definition;
  const { inputJsonSchema: input, outputJsonSchema: output } = tool;
  const hints = verbatimSchemas ? annotations : unusualHints(annotations);
  return {
    name: tool.name,
    ...(title !== undefined && title !== tool.name && { title }),
    description,
    inputSchema: (verbatimSchemas ? input : listedSchema(input)) as ObjectSchema,
    // The answer of a tool with jobs may be one that still runs.
    ...(output && !tool.job && { outputSchema: output as ObjectSchema }),
    ...(Object.keys(hints).length > 0 && { annotations: hints }),
  };
}

/** Hints of a tool that only reads say nothing about how it writes. */
function unusualHints(annotations: ToolAnnotations): ToolAnnotations {
  const { destructiveHint: _, idempotentHint: __, ...ofReaders } = annotations;
  const said = annotations.readOnlyHint === true ? ofReaders : annotations;
  return Object.fromEntries(
    Object.entries(said).filter(([name, value]) => value !== USUAL_HINTS[name as keyof ToolAnnotations]),
  );
}
