/** Results of the fast path as JSON text, written as the SDK writes them. */
import type { Tool, ToolResult } from '@mcp/tool-base';
import type { Implementation } from '@modelcontextprotocol/server';

import { clientResult } from '../protocol/client-result.ts';
import { SERVER_INFO_META_KEY } from '../protocol/protocol-names.ts';

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
export function plainResult(
  result: ToolResult,
  tool: Tool | undefined,
  client: Pick<Implementation, 'name'> | undefined,
  suffix: ResultSuffix,
): string | undefined {
  if (result.awaitingInput || result.error?.type === 'not_found') return undefined;
  const { content, structuredContent, isError, _meta } = clientResult(result, tool, client);
  let blocks = '';
  for (const block of content) {
    if (block.type !== 'text' || typeof block.text !== 'string' || !hasTwoMembers(block)) return undefined;
    blocks += `${blocks === '' ? '' : ','}{"type":"text","text":${JSON.stringify(block.text)}}`;
  }
  const structured = structuredContent ? `,"structuredContent":${JSON.stringify(structuredContent)}` : '';
  return `{"content":[${blocks}]${structured}${isError ? ',"isError":true' : ''}${suffix(_meta)}`;
}

function hasTwoMembers(block: object): boolean {
  let members = 0;
  for (const _ in block) members++;
  return members === 2;
}
