/** Answers of the fast lane as the text that goes out, written as the SDK writes them. */
import type { ToolResult, ToolResultError } from '@mcp/tool-base';
import type { Implementation } from '@modelcontextprotocol/server';

import { retryAfterSeconds } from '../../../problem-details.ts';
import type { FastRequest } from './fast-path-request.ts';
import { SERVER_INFO_META_KEY } from '../protocol/protocol-names.ts';
import { errorMeta } from '../protocol/tool-result.ts';

export interface FastAnswer {
  /** @default 200 */
  readonly status?: number;
  readonly body: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
}

const JSON_HEADERS = ['content-type', 'application/json'] as const;
/** Of JSON-RPC's own range for servers. */
const OVERLOADED = -32_000;
const STREAM_HEADERS = [
  'content-type',
  'text/event-stream',
  'cache-control',
  'no-cache, no-transform',
  'x-accel-buffering',
  'no',
] as const;

/** @param result the member `result` as JSON */
export function answerMessage(id: string | number, result: string): string {
  return `{"result":${result},"jsonrpc":"2.0","id":${typeof id === 'number' ? id : JSON.stringify(id)}}`;
}

/** The same as the answer to a POST. */
export function fastAnswer({ era, id, sessionId }: FastRequest, result: string): FastAnswer {
  const message = answerMessage(id, result);
  if (era === 'modern') return { body: message, headers: JSON_HEADERS };
  return {
    body: `event: message\ndata: ${message}\n\n`,
    headers: sessionId === undefined ? STREAM_HEADERS : [...STREAM_HEADERS, 'mcp-session-id', sessionId],
  };
}

/**
 * The whole server is full. Where one tool is, its result says so and the model reads it; this the client's HTTP layer and
 * whatever stands between has to know. The body is an error in both eras, as for every request that is not taken.
 */
export function overloadAnswer(
  id: unknown,
  { type, message, suggestion, retryAfterMs, correlationId }: ToolResultError,
): FastAnswer {
  const error = {
    code: OVERLOADED,
    message: `${type}: ${message} ${suggestion}`,
    data: { type, retryAfterMs, correlationId },
  };
  return {
    status: 429,
    body: JSON.stringify({ jsonrpc: '2.0', error, id }),
    headers: [...JSON_HEADERS, 'cache-control', 'no-store', 'retry-after', retryAfterSeconds(retryAfterMs ?? 1000)],
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
