/** What the SDK says of headers, protocol versions and envelopes, in words that name the supported versions and what to send. */

import { INVALID_PARAMS, INVALID_REQUEST } from '../../../foundation/json-rpc-codes.ts';
import {
  CLIENT_CAPABILITIES_META_KEY,
  LEGACY_VERSIONS,
  MODERN_VERSION,
  PROTOCOL_VERSION_META_KEY,
} from './protocol-names.ts';

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
const NO_MESSAGE = /^Bad Request: the request body is not a valid JSON-RPC message/;
const NO_ENVELOPE = /^Request is missing the required _meta envelope/;
const WRONG_ENVELOPE = /^Invalid _meta envelope/;
/** Of one or the other it says what is wrong in words of its schema library alone. */
const ENVELOPE_MEMBERS = `${PROTOCOL_VERSION_META_KEY} or ${CLIENT_CAPABILITIES_META_KEY}`;
const SUPPORTED: readonly string[] = [MODERN_VERSION, ...LEGACY_VERSIONS];
const MAX_REPEATED_LENGTH = 64;

interface ErrorData {
  readonly requested?: string;
  readonly mismatch?: { readonly header?: unknown };
  readonly envelope?: { readonly key?: unknown; readonly missing?: readonly string[] };
}

/** The error for a request that names another version than its connection has. */
export function unsupportedVersion(requested: string): SdkError {
  return {
    code: UNSUPPORTED_VERSION,
    message: unsupported(requested),
    data: { supported: [MODERN_VERSION], requested },
  };
}

/** A JSON-RPC message that the SDK rejects: what it rejects is in the params. */
export const notMcp: SdkError = {
  code: INVALID_PARAMS,
  message: 'The params are not valid for MCP: _meta must be an object, and its progressToken a string or an integer.',
};

/** @param headers of the request; none over stdio */
export function inOwnWords<T extends SdkError>(error: T, headers?: Headers): T {
  const { code, message } = error;
  const data = (error.data ?? {}) as ErrorData;
  const version = headers?.get(VERSION_HEADER) ?? null;
  if (code === UNSUPPORTED_VERSION) return { ...error, message: unsupported(data.requested ?? version ?? '') };
  if (code === HEADER_MISMATCH && headers) {
    const own = mismatch(HEADER_NAME.exec(message)?.[0] ?? VERSION_HEADER, headers, message);
    return { ...error, message: own, ...(data.mismatch && { data: { mismatch: { ...data.mismatch, body: own } } }) };
  }
  if (data.envelope !== undefined) {
    if (version !== null && !SUPPORTED.includes(version)) return { ...error, message: unsupported(version) };
    const { missing, key } = data.envelope;
    return {
      ...error,
      message: incomplete(missing ?? [String(key)], headers),
      data: { envelope: missing ? { missing } : { key } },
    };
  }
  if (NO_ENVELOPE.test(message)) return { ...error, message: incomplete(['_meta'], headers) };
  if (WRONG_ENVELOPE.test(message)) return { ...error, message: incomplete([ENVELOPE_MEMBERS], headers) };
  if (NO_MESSAGE.test(message)) return { ...error, ...notMcp };
  if (!OF_2025_TRANSPORT.test(message)) return error;
  return version === MODERN_VERSION ? { ...error, ...noResponses } : { ...error, message: unsupported(version ?? '') };
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

const noResponses = {
  code: INVALID_REQUEST,
  message: `In the protocol version ${MODERN_VERSION} a client sends no responses. The response to a client input request goes into inputResponses of the repeated request.`,
} as const;

function incomplete(keys: readonly string[], headers: Headers | undefined): string {
  const isWhole = keys.length === 0 || keys.includes('_meta');
  const what = isWhole ? 'params._meta is missing' : `In params._meta, ${keys.join(', ')} is missing or not valid`;
  const older = headers ? `send its number in the header ${VERSION_HEADER}` : 'send initialize first';
  return `${what}. Every request of the protocol version ${MODERN_VERSION} describes its client there; for an older version, ${older}.`;
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, MAX_REPEATED_LENGTH));
}
