import type { ContentBlock, ToolResult, ToolResultError } from '../result/tool-result.ts';
import type { Tool } from './tool.ts';

/** A result as `tools/call` of MCP has it; assignable to the `CallToolResult` of `@modelcontextprotocol/server` and `/sdk`. */
export type CallToolResult = {
  /** Never empty. */
  content: ContentBlock[];
  structuredContent?: Record<string, unknown>;
  isError?: true;
  /** `mcp-server/error` of a failed call, `mcp-server/result` of a program; for programs around the model. */
  _meta?: Record<string, unknown>;
};

const ERROR_META_KEY = 'mcp-server/error';
const RESULT_META_KEY = 'mcp-server/result';
const NO_OUTPUT: ContentBlock = { type: 'text', text: '[no output]' };
/** Facts about the run of a program. */
const PROGRAM_FACTS = ['exitCode', 'signal', 'meaning', 'address', 'removedCharacters'] as const;

/**
 * Writes a result of `callTool` for MCP. A failed call is a result with `isError`, whose text says what to do next, so that the
 * model reads it. For the error type `not_found` the protocol requires a JSON-RPC error (-32602) instead: throw one before.
 *
 * @param tool that was called; `undefined` where there is none of that name
 */
export function toCallToolResult(result: ToolResult, tool: Tool | undefined): CallToolResult {
  const { content, error } = result;
  const structuredContent = structuredContentOf(result, tool);
  const meta = metaOf(result, tool);
  return {
    content: content.length === 0 ? [NO_OUTPUT] : [...content],
    ...(structuredContent && { structuredContent }),
    ...(error && { isError: true }),
    ...(meta && { _meta: meta }),
  };
}

function metaOf({ error, structured, meta }: ToolResult, tool: Tool | undefined): Record<string, unknown> | undefined {
  const isProgram = tool?.definition.kind === 'command' && 'exitCode' in structured;
  if (!isProgram) return error && { [ERROR_META_KEY]: errorFacts(error) };
  const facts: Record<string, unknown> = {};
  for (const name of PROGRAM_FACTS) if (name in structured) facts[name] = structured[name];
  return { ...(error && { [ERROR_META_KEY]: errorFacts(error) }), [RESULT_META_KEY]: { ...facts, ...meta } };
}

function errorFacts({ type, retryAfterMs, correlationId }: ToolResultError): Record<string, unknown> {
  return { type, ...(retryAfterMs !== undefined && { retryAfterMs }), correlationId };
}

/**
 * What has a structure, once: text is in the content alone. Some clients check it against the output schema even when the
 * call failed, so a failed call has none; its output is in the content.
 */
function structuredContentOf(
  { structured, content, error }: ToolResult,
  tool: Tool | undefined,
): Record<string, unknown> | undefined {
  if (error !== undefined || tool === undefined) return undefined;
  const { outputJsonSchema, definition } = tool;
  if (definition.kind === 'command') return outputJsonSchema && pick(structured, outputJsonSchema['properties']);
  if (outputJsonSchema !== undefined) return structured;
  const [first, ...more] = content;
  const isText = more.length === 0 && first?.type === 'text' && first.text === JSON.stringify(structured);
  return isText || Object.keys(structured).length === 0 ? undefined : structured;
}

/** The members of a program's result that its output schema names. */
function pick(structured: Readonly<Record<string, unknown>>, named: unknown): Record<string, unknown> {
  const isThere = (name: string): boolean => name in structured && (name !== 'stderr' || structured[name] !== '');
  const members = Object.keys(named as object).filter(isThere);
  return Object.fromEntries(members.map((name) => [name, structured[name]]));
}
