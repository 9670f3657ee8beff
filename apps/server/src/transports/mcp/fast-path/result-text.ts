/** Results of the fast path as JSON text, written as the SDK writes them. */
import type { Tool, ToolResult } from '@mcp/tool-base';
import type { Implementation } from '@modelcontextprotocol/server';

import { SERVER_INFO_META_KEY } from '../protocol/protocol-names.ts';
import { contentOf, metaOf, structuredContentOf } from '../protocol/tool-result.ts';

/** @param result the member `result` as JSON */
export function responseMessage(id: string | number, result: string): string {
  return `{"result":${result},"jsonrpc":"2.0","id":${typeof id === 'number' ? id : JSON.stringify(id)}}`;
}

/** The last members of a result, with the closing brace; they depend on the protocol era and on our own `_meta`. */
export type ResultSuffix = (meta: Readonly<Record<string, unknown>> | undefined) => string;

export const legacyResultSuffix: ResultSuffix = (meta) => (meta ? `,"_meta":${JSON.stringify(meta)}}` : '}');

/** What the SDK adds to a complete result of the 2026 revision. */
export function modernResultSuffix(server: Implementation): ResultSuffix {
  const serverMeta = { [SERVER_INFO_META_KEY]: server };
  const withoutMeta = `,"resultType":"complete","_meta":${JSON.stringify(serverMeta)}}`;
  return (meta) =>
    meta ? `,"resultType":"complete","_meta":${JSON.stringify({ ...meta, ...serverMeta })}}` : withoutMeta;
}

/** A result of plain text as JSON; undefined where it holds anything else, which the SDK has to check. */
export function plainResult(result: ToolResult, tool: Tool | undefined, suffix: ResultSuffix): string | undefined {
  const { error } = result;
  if (result.awaitingInput || error?.type === 'not_found') return undefined;
  let content = '';
  for (const block of contentOf(result)) {
    if (block.type !== 'text' || typeof block.text !== 'string' || !hasTwoMembers(block)) return undefined;
    content += `${content === '' ? '' : ','}{"type":"text","text":${JSON.stringify(block.text)}}`;
  }
  const structuredContent = structuredContentOf(result, tool);
  const structured = structuredContent ? `,"structuredContent":${JSON.stringify(structuredContent)}` : '';
  return `{"content":[${content}]${structured}${error ? ',"isError":true' : ''}${suffix(metaOf(result, tool))}`;
}

function hasTwoMembers(block: object): boolean {
  let members = 0;
  for (const _ in block) members++;
  return members === 2;
}
