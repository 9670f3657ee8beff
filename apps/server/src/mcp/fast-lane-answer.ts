/** Answers of the fast lane as the text that goes out, written as the SDK writes them. */
import type { ToolResult } from '@mcp/tool-base';
import { SERVER_INFO_META_KEY, type Implementation } from '@modelcontextprotocol/server';

import type { FastRequest } from './fast-lane-request.ts';
import { errorMeta } from './tool-result.ts';

export interface FastAnswer {
  readonly body: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
}

const JSON_HEADERS = ['content-type', 'application/json'] as const;
const STREAM_HEADERS = [
  'content-type',
  'text/event-stream',
  'cache-control',
  'no-cache, no-transform',
  'x-accel-buffering',
  'no',
] as const;

/** @param result the member `result` as JSON */
export function fastAnswer({ era, id, sessionId }: FastRequest, result: string): FastAnswer {
  const message = `{"result":${result},"jsonrpc":"2.0","id":${typeof id === 'number' ? id : JSON.stringify(id)}}`;
  if (era === 'modern') return { body: message, headers: JSON_HEADERS };
  return {
    body: `event: message\ndata: ${message}\n\n`,
    headers: sessionId === undefined ? STREAM_HEADERS : [...STREAM_HEADERS, 'mcp-session-id', sessionId],
  };
}

/** The members that an era's results end with, given what our own `_meta` holds. */
export type ResultEnding = (meta: Readonly<Record<string, unknown>> | undefined) => string;

export const legacyEnding: ResultEnding = (meta) => (meta ? `,"_meta":${JSON.stringify(meta)}}` : '}');

/** What the SDK adds to a complete result of the 2026 revision. */
export function modernEnding(server: Implementation): ResultEnding {
  const told = { [SERVER_INFO_META_KEY]: server };
  const plain = `,"resultType":"complete","_meta":${JSON.stringify(told)}}`;
  return (meta) => (meta ? `,"resultType":"complete","_meta":${JSON.stringify({ ...meta, ...told })}}` : plain);
}

/** A result of plain text as JSON; undefined where it holds anything else, which the SDK has to judge. */
export function plainResult(result: ToolResult, keepStructured: boolean, ending: ResultEnding): string | undefined {
  const { error } = result;
  if (result.awaitingInput || error?.type === 'not_found') return undefined;
  let content = '';
  for (const block of result.content) {
    if (block.type !== 'text' || typeof block.text !== 'string' || !hasTwoMembers(block)) return undefined;
    content += `${content === '' ? '' : ','}{"type":"text","text":${JSON.stringify(block.text)}}`;
  }
  const structured = keepStructured ? `,"structuredContent":${JSON.stringify(result.structured)}` : '';
  return `{"content":[${content}]${structured}${error ? ',"isError":true' : ''}${ending(error && errorMeta(error))}`;
}

function hasTwoMembers(block: object): boolean {
  let members = 0;
  for (const _ in block) members++;
  return members === 2;
}

/** The `result` of an answer that the SDK gave, as JSON; undefined for an error or anything but one message. */
export function resultOf(text: string): string | undefined {
  const [, message = text] = /^event: message\ndata: (?<message>[^\n]*)\n\n$/.exec(text) ?? [];
  try {
    const { result } = JSON.parse(message) as { result?: unknown };
    return result === undefined ? undefined : JSON.stringify(result);
  } catch {
    return undefined;
  }
}
