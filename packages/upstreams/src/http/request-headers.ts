/** The headers of the protocol for one message, made of the message itself. */
import { PROTOCOL_VERSION_META_KEY } from '@modelcontextprotocol/client';

import { isMembers, type Members } from '../connection/take-apart.ts';

const NAME_SOURCES: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
};

/** `undefined` for a message of the 2025 era, which repeats nothing in headers. */
export function envelopeHeaders(message: Members): Record<string, string> | undefined {
  const { method, params } = message;
  if (typeof method !== 'string' || !isMembers(params) || !isMembers(params['_meta'])) return undefined;
  const version = params['_meta'][PROTOCOL_VERSION_META_KEY];
  if (typeof version !== 'string') return undefined;
  const source = Object.hasOwn(NAME_SOURCES, method) ? NAME_SOURCES[method] : undefined;
  const name = source === undefined ? undefined : params[source];
  return {
    'mcp-protocol-version': version,
    'mcp-method': method,
    ...(typeof name === 'string' && { 'mcp-name': headerValue(name) }),
  };
}

const PLAIN_VALUE = /^(?! )[\t\u0020-\u007e]+(?<! )$/;
const ENCODED_VALUE = /^=\?base64\?.*\?=$/;

/** The encoding of the 2026 revision for what a header cannot hold as it is. */
function headerValue(text: string): string {
  if (PLAIN_VALUE.test(text) && text.trim() === text && !ENCODED_VALUE.test(text)) return text;
  return `=?base64?${Buffer.from(text).toString('base64')}?=`;
}
