/**
 * The result of a tool from a response: JSON as structured content and text, other text as text, anything else as an image, audio
 * or resource. A status of 300 and above is an error, except 304.
 */

import { readJson, toolContent, ToolError, type ContentBlock, type ToolContent } from '@mcp/tool-base';
import type { ApiResponse } from '../egress/api-client.ts';
import type { HttpMethod } from '../request/prepared-request.ts';
import { errorOf } from './response-error.ts';
import { decodeText, isJson, isText, responseType } from './media-type.ts';
import { redacted } from './redacted.ts';

/** `auto` goes by the content type of the response. */
export const RESPONSE_KINDS = ['auto', 'json', 'text', 'binary'] as const;
export type ResponseKind = (typeof RESPONSE_KINDS)[number];

const FIRST_ERROR_STATUS = 300;
/** The answer to an argument such as `If-None-Match`, and no redirect. */
const NOT_MODIFIED = 304;
/** Headers that answer a HEAD request. */
const SHOWN_HEADERS = ['content-type', 'content-length', 'last-modified', 'etag', 'allow', 'location', 'link'] as const;

/** @throws {ToolError} for a status of 300 and above except 304, and for a response that is not what `kind` says */
export function shapeResponse(
  response: ApiResponse,
  method: HttpMethod,
  kind: ResponseKind = 'auto',
): ToolContent | string {
  if (response.status === NOT_MODIFIED) return '[HTTP 304, not modified since what the arguments name]';
  if (response.status >= FIRST_ERROR_STATUS) throw errorOf(response);
  if (method === 'HEAD') return headersOf(response);
  if (response.body.length === 0) return `[HTTP ${response.status}, no content]`;
  refuseEncoding(response);
  const type = responseType(response);
  if (kind === 'json' || (kind === 'auto' && isJson(type.name))) return jsonOf(response, kind === 'json');
  if (kind === 'text' || (kind === 'auto' && isText(type.name))) return textOf(response);
  if (response.cut) throw tooLarge(response);
  return toolContent({ content: [blockOf(type.name, response.body)] });
}

/** Unpacking is not bounded by what was read, and no other form was asked for. */
function refuseEncoding({ headers }: ApiResponse): void {
  const encoding = headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity') return;
  throw new ToolError('execution_error', 'The API answered in a compressed form, which it was not asked for.', {
    suggestion: 'Ask the operator to have the API answer without content-encoding.',
  });
}

function headersOf({ status, headers }: ApiResponse): ToolContent {
  const shown = SHOWN_HEADERS.flatMap((name) => {
    const value = headers[name];
    return value === undefined ? [] : [[name, typeof value === 'string' ? value : value.join(', ')] as const];
  });
  const structured = { status, headers: Object.fromEntries(shown) };
  return toolContent({ content: [{ type: 'text', text: JSON.stringify(structured) }], structured });
}

function jsonOf(response: ApiResponse, required: boolean): ToolContent | string {
  if (response.cut) throw tooLarge(response);
  const text = redacted(decodeText(response), response.secrets);
  try {
    const { data } = readJson(text);
    const isObject = typeof data === 'object' && data !== null && !Array.isArray(data);
    const structured = isObject ? (data as Record<string, unknown>) : { data };
    return toolContent({ content: [{ type: 'text', text: JSON.stringify(structured) }], structured });
  } catch {
    // Many servers send plain text or HTML as JSON.
    if (!required) return text;
    throw new ToolError('execution_error', 'The API did not answer with JSON.', {
      suggestion: 'Ask the operator whether the API or the declaration of the tool is wrong.',
    });
  }
}

function textOf(response: ApiResponse): string {
  const text = redacted(decodeText(response), response.secrets);
  return response.cut
    ? `${text}\n[the response is longer than ${response.body.length} bytes; the rest was not read]`
    : text;
}

function blockOf(mimeType: string, body: Buffer): ContentBlock {
  const data = body.toString('base64');
  if (mimeType.startsWith('image/')) return { type: 'image', data, mimeType };
  if (mimeType.startsWith('audio/')) return { type: 'audio', data, mimeType };
  return { type: 'resource', resource: { uri: 'response:body', mimeType, blob: data } };
}

function tooLarge({ body }: ApiResponse): ToolError {
  return new ToolError('tool_error', `The response is larger than ${body.length} bytes.`, {
    suggestion: 'Ask for less, for example a smaller page, or ask the operator to raise the output limit.',
  });
}
