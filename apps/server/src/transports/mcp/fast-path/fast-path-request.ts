/**
 * Which requests the fast lane takes: the plain ones, recognised member by member. Whatever is not listed here is the
 * SDK's to judge, so a request that it would refuse, upgrade or read differently never passes.
 */
import type { ClientCapabilities } from '@modelcontextprotocol/server';

import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  LEGACY_VERSIONS,
  MODERN_VERSION,
  PROTOCOL_VERSION_META_KEY,
} from '../protocol/protocol-names.ts';

/** As node gives them: by lower-case name. The guard has seen to it that those which decide stand at most once. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export type StandingMethod = 'tools/list' | 'server/discover' | 'ping';

interface Plain {
  readonly era: 'modern' | 'legacy';
  readonly id: string | number;
  /** Only in the 2025 era. */
  readonly sessionId: string | undefined;
}

export interface FastToolCall extends Plain {
  readonly method: 'tools/call';
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>> | undefined;
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
  /** What a client of the 2026 revision declared; sessions know theirs. */
  readonly capabilities: ClientCapabilities | undefined;
}

export type FastRequest = FastToolCall | (Plain & { readonly method: StandingMethod });

type Json = Readonly<Record<string, unknown>>;

const STANDING: ReadonlySet<string> = new Set<StandingMethod>(['tools/list', 'server/discover', 'ping']);
const CALL_MEMBERS: ReadonlySet<string> = new Set(['name', 'arguments', '_meta']);
const TRACE_MEMBERS: ReadonlySet<string> = new Set(['traceparent', 'tracestate', 'baggage']);

/**
 * @param headers of the POST; `undefined` over stdio, where the body is all there is
 * @param body a JSON-RPC message that passed `refusedEnvelope`
 * @returns undefined for whatever is the SDK's
 */
export function readFastRequest(headers: RequestHeaders | undefined, body: Json): FastRequest | undefined {
  const { id, method, params } = body;
  if (id === undefined || typeof method !== 'string') return undefined;
  if (method !== 'tools/call' && !STANDING.has(method)) return undefined;
  const given = (params ?? {}) as Json;
  const meta = given['_meta'];
  if (meta !== undefined && !isObject(meta)) return undefined;
  const plain = Object.hasOwn(meta ?? {}, PROTOCOL_VERSION_META_KEY)
    ? readModern(headers, id as Plain['id'], method, meta as Json)
    : readLegacy(headers, id as Plain['id'], meta);
  if (plain === undefined) return undefined;
  if (method === 'tools/call') return readCall(plain, headers, given);
  for (const member in given) if (member !== '_meta') return undefined;
  return { ...plain, method: method as StandingMethod };
}

function readModern(
  headers: RequestHeaders | undefined,
  id: Plain['id'],
  method: string,
  meta: Json,
): Plain | undefined {
  if (headers && (headers['mcp-protocol-version'] !== MODERN_VERSION || headers['mcp-method'] !== method))
    return undefined;
  if (!Object.hasOwn(meta, CLIENT_CAPABILITIES_META_KEY)) return undefined;
  for (const member in meta) {
    const value = meta[member];
    switch (member) {
      case PROTOCOL_VERSION_META_KEY:
        if (value !== MODERN_VERSION) return undefined;
        break;
      case CLIENT_INFO_META_KEY:
        if (!isPlainImplementation(value)) return undefined;
        break;
      case CLIENT_CAPABILITIES_META_KEY:
        if (!arePlainCapabilities(value)) return undefined;
        break;
      default:
        if (!isTrace(member, value)) return undefined;
    }
  }
  return { era: 'modern', id, sessionId: undefined };
}

function readLegacy(headers: RequestHeaders | undefined, id: Plain['id'], meta: Json | undefined): Plain | undefined {
  for (const member in meta) if (!isTrace(member, meta[member])) return undefined;
  if (headers === undefined) return { era: 'legacy', id, sessionId: undefined };
  const version = textOf(headers['mcp-protocol-version']);
  if (version !== undefined && !LEGACY_VERSIONS.has(version)) return undefined;
  const accept = textOf(headers['accept']);
  if (!accept?.includes('application/json') || !accept.includes('text/event-stream')) return undefined;
  return { era: 'legacy', id, sessionId: textOf(headers['mcp-session-id']) };
}

function readCall(plain: Plain, headers: RequestHeaders | undefined, params: Json): FastToolCall | undefined {
  for (const member in params) if (!CALL_MEMBERS.has(member)) return undefined;
  const { name, arguments: given } = params;
  if (typeof name !== 'string') return undefined;
  // The SDK drops an argument of this name and checks the others.
  if (given !== undefined && (!isObject(given) || Object.hasOwn(given, '__proto__'))) return undefined;
  if (headers && plain.era === 'modern' && headers['mcp-name'] !== name) return undefined;
  const meta = params['_meta'] as Json | undefined;
  // Both from the same place: a list belongs to its own trace.
  const trace = meta?.['traceparent'] === undefined ? headers : meta;
  const traceparent = textOf(trace?.['traceparent'] as RequestHeaders[string]);
  const tracestate = traceparent === undefined ? undefined : textOf(trace?.['tracestate'] as RequestHeaders[string]);
  const capabilities = meta?.[CLIENT_CAPABILITIES_META_KEY] as ClientCapabilities | undefined;
  return { ...plain, method: 'tools/call', name, arguments: given, traceparent, tracestate, capabilities };
}

function textOf(header: RequestHeaders[string]): string | undefined {
  return typeof header === 'string' ? header : undefined;
}

function isTrace(member: string, value: unknown): boolean {
  return TRACE_MEMBERS.has(member) && typeof value === 'string';
}

function isPlainImplementation(value: unknown): boolean {
  if (!isObject(value) || typeof value['name'] !== 'string' || typeof value['version'] !== 'string') return false;
  for (const member in value) {
    if (member !== 'name' && member !== 'version' && member !== 'title') return false;
    if (typeof value[member] !== 'string') return false;
  }
  return true;
}

/** The capabilities that concern this server, each with the switches it may have. */
const CAPABILITIES: Readonly<Record<string, readonly string[]>> = {
  elicitation: ['form', 'url'],
  sampling: ['tools', 'context'],
  roots: [],
};

function arePlainCapabilities(value: unknown): boolean {
  if (!isObject(value)) return false;
  for (const member in value) {
    const switches = Object.hasOwn(CAPABILITIES, member) ? CAPABILITIES[member] : undefined;
    const capability = value[member];
    if (switches === undefined || !isObject(capability)) return false;
    for (const name in capability) {
      const given = capability[name];
      if (!switches.includes(name) || !isObject(given) || Object.keys(given).length > 0) return false;
    }
  }
  return true;
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
