/** What the SDK says of headers, protocol versions and envelopes, in words that name the supported versions and what to send. */

import { LEGACY_VERSIONS, MODERN_VERSION } from './protocol-names.ts';

/** The error of a JSON-RPC response. */
export interface SdkError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

const HEADER_MISMATCH = -32_020;
const UNSUPPORTED_VERSION = -32_022;
const VERSION_HEADER = 'MCP-Protocol-Version';
const HEADER_NAME = /\b(?:MCP-Protocol-Version|Mcp-(?:Method|Name|Param-[\w-]+))\b/i;
const OF_2025_TRANSPORT = /^Bad Request: Unsupported protocol version/;
const SUPPORTED: readonly string[] = [MODERN_VERSION, ...LEGACY_VERSIONS];
const MAX_REPEATED_LENGTH = 64;

interface ErrorData {
  readonly requested?: string;
  readonly mismatch?: { readonly header?: unknown };
  readonly envelope?: { readonly key?: unknown; readonly missing?: readonly string[] };
}

/** @param headers of the request; none over stdio */
export function inOwnWords<T extends SdkError>(error: T, headers: Headers = new Headers()): T {
  const { code, message } = error;
  const data = (error.data ?? {}) as ErrorData;
  const version = headers.get(VERSION_HEADER);
  if (code === UNSUPPORTED_VERSION) return { ...error, message: unsupported(data.requested ?? version ?? '') };
  if (code === HEADER_MISMATCH) {
    const own = mismatch(HEADER_NAME.exec(message)?.[0] ?? VERSION_HEADER, headers, message);
    return { ...error, message: own, ...(data.mismatch && { data: { mismatch: { ...data.mismatch, body: own } } }) };
  }
  if (data.envelope !== undefined) {
    if (version !== null && !SUPPORTED.includes(version)) return { ...error, message: unsupported(version) };
    const { missing, key } = data.envelope;
    return { ...error, message: incomplete(missing ?? [String(key)]) };
  }
  return OF_2025_TRANSPORT.test(message) ? { ...error, message: unsupported(version ?? '') } : error;
}

function unsupported(version: string): string {
  return `The protocol version ${quoted(version)} is not supported. Supported versions: ${SUPPORTED.join(', ')}.`;
}

function mismatch(name: string, headers: Headers, message: string): string {
  const given = headers.get(name);
  if (given === null) return `The header ${name} is missing. Send it with the value that the message has.`;
  if (name.toLowerCase() === VERSION_HEADER.toLowerCase()) {
    if (!SUPPORTED.includes(given)) return unsupported(given);
    if (message.includes('initialize')) {
      return `The header ${name} says ${given}, a version without initialize. Send initialize without this header, or send server/discover.`;
    }
  }
  return `The header ${name} is ${quoted(given)}, which is not the value that the message has. Send the same value in both.`;
}

function incomplete(keys: readonly string[]): string {
  const isWhole = keys.length === 0 || keys.includes('_meta');
  const what = isWhole ? 'params._meta is missing' : `In params._meta, ${keys.join(', ')} is missing or not valid`;
  return `${what}. Every request of the protocol version ${MODERN_VERSION} describes its client there; for an older version, send its number in the header ${VERSION_HEADER}.`;
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, MAX_REPEATED_LENGTH));
}
