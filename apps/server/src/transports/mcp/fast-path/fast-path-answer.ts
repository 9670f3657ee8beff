/** Responses of the fast path over HTTP, with the headers that the SDK sends. */
import type { ToolResultError } from '@mcp/tool-base';

import { SERVER_ERROR } from '../../../foundation/json-rpc-codes.ts';
import { retryAfterSeconds } from '../../../foundation/problem-details.ts';
import type { FastRequest } from './fast-path-request.ts';
import { responseMessage } from './result-text.ts';

export interface FastAnswer {
  /** @default 200 */
  readonly status?: number;
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
  const message = responseMessage(id, result);
  if (era === 'modern') return { body: message, headers: JSON_HEADERS };
  return {
    body: `event: message\ndata: ${message}\n\n`,
    headers: sessionId === undefined ? STREAM_HEADERS : [...STREAM_HEADERS, 'mcp-session-id', sessionId],
  };
}

/**
 * The whole server is at its limit. When a single tool is, its result says so and the model reads it; this one is for the
 * client's HTTP layer and for proxies. The body is a JSON-RPC error in both eras, as for every request that is rejected.
 */
export function overloadAnswer(
  id: unknown,
  { type, message, suggestion, retryAfterMs, correlationId }: ToolResultError,
): FastAnswer {
  const error = {
    code: SERVER_ERROR,
    message: `${type}: ${message} ${suggestion}`,
    data: { type, retryAfterMs, correlationId },
  };
  return {
    status: 429,
    body: JSON.stringify({ jsonrpc: '2.0', error, id }),
    headers: [...JSON_HEADERS, 'cache-control', 'no-store', 'retry-after', retryAfterSeconds(retryAfterMs ?? 1000)],
  };
}

/** The `result` of a response that the SDK gave, as JSON; undefined for an error or anything but one message. */
export function resultOf(text: string): string | undefined {
  const [, message = text] = /^event: message\ndata: (?<message>[^\n]*)\n\n$/.exec(text) ?? [];
  try {
    const { result } = JSON.parse(message) as { result?: unknown };
    return result === undefined ? undefined : JSON.stringify(result);
  } catch {
    return undefined;
  }
}
