import { ToolError, type Tool, type ToolResult, type ToolResultError } from '@mcp/tool-base';
import type { CallToolResult } from '@modelcontextprotocol/server';

import { rejectedResult } from '../../../calls/call-outcome.ts';

/** The member of `_meta` with the error of a failed call for programs: type, retry time, correlation id. @internal */
export const ERROR_META_KEY = 'mcp-server/error';

/** The member of `_meta` with what a model need not read of a program's run: exit code, times, correlation id. @internal */
export const RESULT_META_KEY = 'mcp-server/result';

const EMPTY: CallToolResult['content'] = [{ type: 'text', text: '[no output]' }];
/** Facts about the run of a program. */
const PROGRAM_FACTS = ['exitCode', 'signal', 'meaning', 'address', 'removedCharacters'] as const;

/**
 * A tool result as MCP writes it. Every error of the pipeline is an `isError` result whose text says what to do next, so
 * that the model reads it; only an unknown tool is a protocol error, which the caller of this function throws.
 */
export function toCallToolResult(result: ToolResult, tool: Tool | undefined): CallToolResult {
  const structuredContent = structuredContentOf(result, tool);
  const meta = metaOf(result, tool);
  return {
    content: contentOf(result) as CallToolResult['content'],
    ...(structuredContent && { structuredContent }),
    ...(result.error && { isError: true }),
    ...(meta && { _meta: meta }),
  };
}

export function contentOf({ content }: ToolResult): ToolResult['content'] {
  return content.length === 0 ? (EMPTY as ToolResult['content']) : content;
}

/** Both members are described in docs/operations.md. */
export function metaOf(result: ToolResult, tool: Tool | undefined): Record<string, unknown> | undefined {
  const { error, structured, meta } = result;
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
export function structuredContentOf(
  { structured, content, error }: ToolResult,
  tool: Tool | undefined,
): Readonly<Record<string, unknown>> | undefined {
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

/** A tool returned an object that cannot be written as JSON: a cycle, a BigInt, a `toJSON` that throws. */
export class ResultSerializationError extends Error {
  override readonly name = 'ResultSerializationError';
  readonly correlationId: string;

  constructor(correlationId: string, cause: unknown) {
    super('The result of a tool cannot be written as JSON.', { cause });
    this.correlationId = correlationId;
  }
}

/** What the client gets instead of a result that cannot be written. */
export function unserializableResult({ meta }: ToolResult): ToolResult {
  const error = new ToolError('internal_error', 'The tool returned a result that cannot be written as JSON.', {
    suggestion: 'This is a defect of the tool: report it to the operator and do not retry.',
  });
  return rejectedResult(error, meta.correlationId);
}
