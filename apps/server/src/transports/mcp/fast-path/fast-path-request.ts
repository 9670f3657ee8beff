/**
 * Which requests the fast path answers: the plain ones, recognised member by member. A member that is not listed here makes
 * it a request for the SDK, so one that the SDK would reject, upgrade or read differently is never answered here.
 */
import type { ClientCapabilities, Implementation } from '@modelcontextprotocol/server';

import { acceptsJsonAndStream } from '../protocol/accept.ts';
import { isJsonObject, type JsonObject } from '../protocol/json-object.ts';
import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  LEGACY_VERSIONS,
  MODERN_VERSION,
  PROTOCOL_VERSION_META_KEY,
} from '../protocol/protocol-names.ts';
import { declaresTasks } from '../protocol/task.ts';
import { arePlainCapabilities, isPlainImplementation } from './plain-client.ts';

/** As Node gives them, by lower-case name. The guard has rejected duplicates of those that are read here. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Methods whose result changes only with the registry, the scopes of the caller and the configuration. */
export type CacheableMethod = 'tools/list' | 'server/discover' | 'ping';

interface RequestBase {
  readonly era: 'modern' | 'legacy';
  readonly id: string | number;
  /** Only in the 2025 era. */
  readonly sessionId: string | undefined;
  /** Whether the request declares the tasks extension. */
  readonly hasTasks: boolean;
}

export interface FastToolCall extends RequestBase {
  readonly method: 'tools/call';
  /** The request as it was sent. */
  readonly message: JsonObject;
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>> | undefined;
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
  /** What a client of the 2026 revision declared; in the 2025 era the session holds it. */
  readonly capabilities: ClientCapabilities | undefined;
  /** The same for its name. */
  readonly client: Implementation | undefined;
}

export interface CacheableRequest extends RequestBase {
  /** The request as it was sent. */
  readonly message: JsonObject;
  readonly method: CacheableMethod;
}

/** What a client polls; everything else about tasks is for the SDK. */
export interface FastTaskGet extends RequestBase {
  readonly method: 'tasks/get';
  /** The request as it was sent. */
  readonly message: JsonObject;
  readonly taskId: string;
  readonly client: Implementation | undefined;
}

/** A resource; only pages of kept output are answered without the SDK. */
export interface FastResourceRead extends RequestBase {
  readonly method: 'resources/read';
  /** The request as it was sent. */
  readonly message: JsonObject;
  readonly uri: string;
}

/** Answered by what the store of jobs has, and by the SDK where it has nothing. */
export type FastLookup = FastTaskGet | FastResourceRead;

export type FastRequest = FastToolCall | FastLookup | CacheableRequest;

const CACHEABLE_METHODS: ReadonlySet<string> = new Set<CacheableMethod>(['tools/list', 'server/discover', 'ping']);
const LOOKUP_METHODS: ReadonlySet<string> = new Set<FastLookup['method']>(['tasks/get', 'resources/read']);
const CALL_MEMBERS: ReadonlySet<string> = new Set(['name', 'arguments', '_meta']);
const TRACE_MEMBERS: ReadonlySet<string> = new Set(['traceparent', 'tracestate', 'baggage']);

/**
 * @param headers of the POST; `undefined` over stdio, where the body is all there is
 * @param body a JSON-RPC message that passed `envelopeError`
 * @returns undefined for a request that the SDK must answer
 */
export function readFastRequest(headers: RequestHeaders | undefined, body: JsonObject): FastRequest | undefined {
  const { id, method, params } = body;
  if (id === undefined || typeof method !== 'string') return undefined;
  if (method !== 'tools/call' && !LOOKUP_METHODS.has(method) && !CACHEABLE_METHODS.has(method)) return undefined;
  const given = (params ?? {}) as JsonObject;
  const meta = given['_meta'];
  if (meta !== undefined && !isJsonObject(meta)) return undefined;
  const base = Object.hasOwn(meta ?? {}, PROTOCOL_VERSION_META_KEY)
    ? readModern(headers, id as RequestBase['id'], method, meta as JsonObject)
    : readLegacy(headers, id as RequestBase['id'], meta);
  if (base === undefined) return undefined;
  if (method === 'tools/call') return readCall(base, headers, body, given);
  if (method === 'tasks/get') return readTaskGet(base, headers, body, given);
  if (method === 'resources/read') return readResourceRead(base, headers, body, given);
  for (const member in given) if (member !== '_meta') return undefined;
  return { ...base, message: body, method: method as CacheableMethod };
}

export function isLookup(request: FastRequest): request is FastLookup {
  return LOOKUP_METHODS.has(request.method);
}

function readModern(
  headers: RequestHeaders | undefined,
  id: RequestBase['id'],
  method: string,
  meta: JsonObject,
): RequestBase | undefined {
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
  const hasTasks = declaresTasks(meta[CLIENT_CAPABILITIES_META_KEY] as JsonObject);
  return { era: 'modern', id, sessionId: undefined, hasTasks };
}

function readLegacy(
  headers: RequestHeaders | undefined,
  id: RequestBase['id'],
  meta: JsonObject | undefined,
): RequestBase | undefined {
  for (const member in meta) if (!isTrace(member, meta[member])) return undefined;
  if (headers === undefined) return { era: 'legacy', id, sessionId: undefined, hasTasks: false };
  const version = textOf(headers['mcp-protocol-version']);
  if (version !== undefined && !LEGACY_VERSIONS.has(version)) return undefined;
  if (!acceptsJsonAndStream(textOf(headers['accept']))) return undefined;
  return { era: 'legacy', id, sessionId: textOf(headers['mcp-session-id']), hasTasks: false };
}

function readCall(
  base: RequestBase,
  headers: RequestHeaders | undefined,
  message: JsonObject,
  params: JsonObject,
): FastToolCall | undefined {
  for (const member in params) if (!CALL_MEMBERS.has(member)) return undefined;
  const { name, arguments: given } = params;
  if (typeof name !== 'string') return undefined;
  // The SDK drops an argument of this name and checks the others.
  if (given !== undefined && (!isJsonObject(given) || Object.hasOwn(given, '__proto__'))) return undefined;
  if (headers && base.era === 'modern' && headers['mcp-name'] !== name) return undefined;
  const meta = params['_meta'] as JsonObject | undefined;
  // Both from the same place: a list belongs to its own trace.
  const trace = meta?.['traceparent'] === undefined ? headers : meta;
  const traceparent = textOf(trace?.['traceparent'] as RequestHeaders[string]);
  const tracestate = traceparent === undefined ? undefined : textOf(trace?.['tracestate'] as RequestHeaders[string]);
  const capabilities = meta?.[CLIENT_CAPABILITIES_META_KEY] as ClientCapabilities | undefined;
  const client = meta?.[CLIENT_INFO_META_KEY] as Implementation | undefined;
  const { era, id, sessionId, hasTasks } = base;
  return {
    era,
    id,
    sessionId,
    hasTasks,
    method: 'tools/call',
    message,
    name,
    arguments: given,
    traceparent,
    tracestate,
    capabilities,
    client,
  };
}

function readTaskGet(
  base: RequestBase,
  headers: RequestHeaders | undefined,
  message: JsonObject,
  params: JsonObject,
): FastTaskGet | undefined {
  const { taskId, _meta: meta, ...more } = params;
  if (!base.hasTasks || typeof taskId !== 'string' || Object.keys(more).length > 0) return undefined;
  if (headers && headers['mcp-name'] !== taskId) return undefined;
  const client = (meta as JsonObject)[CLIENT_INFO_META_KEY] as Implementation | undefined;
  return { ...base, method: 'tasks/get', message, taskId, client };
}

function readResourceRead(
  base: RequestBase,
  headers: RequestHeaders | undefined,
  message: JsonObject,
  { uri, _meta, ...more }: JsonObject,
): FastResourceRead | undefined {
  if (typeof uri !== 'string' || Object.keys(more).length > 0) return undefined;
  if (headers && base.era === 'modern' && headers['mcp-name'] !== uri) return undefined;
  return { ...base, method: 'resources/read', message, uri };
}

function textOf(header: RequestHeaders[string]): string | undefined {
  return typeof header === 'string' ? header : undefined;
}

function isTrace(member: string, value: unknown): boolean {
  return TRACE_MEMBERS.has(member) && typeof value === 'string';
}

/** What a rejected call is recorded with. */
export interface ToolCallParams {
  readonly name: string;
  readonly arguments?: unknown;
  readonly _meta?: JsonObject | undefined;
}

/** undefined unless the message is a request to call a tool by name: the SDK says what is wrong with it. */
export function toolCallParams({ id, method, params }: JsonObject): ToolCallParams | undefined {
  if (method !== 'tools/call' || id === undefined) return undefined;
  const { name, arguments: given, _meta } = (params ?? {}) as JsonObject;
  if (typeof name !== 'string') return undefined;
  return { name, arguments: given, _meta: isJsonObject(_meta) ? _meta : undefined };
}
