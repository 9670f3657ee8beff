/**
 * The params of a request, checked before the SDK sees it: the SDK answers what its schemas reject with -32603 or with the
 * message of its schema library. The schemas are the SDK's own, the sentences are ours.
 */
import { LOG_LEVEL_META_KEY, specTypeSchemas } from '@modelcontextprotocol/server';

import { INVALID_PARAMS } from '../../../foundation/json-rpc-codes.ts';
import type { JsonObject } from '../protocol/json-object.ts';
import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  PROTOCOL_VERSION_META_KEY,
} from '../protocol/protocol-names.ts';

export interface ParamsError {
  readonly code: typeof INVALID_PARAMS;
  readonly message: string;
}

/** `logging/setLevel` has a handler of its own, which checks its level. */
const REQUEST_TYPES = {
  initialize: 'InitializeRequest',
  ping: 'PingRequest',
  'logging/setLevel': 'Request',
  'server/discover': 'DiscoverRequest',
  'tools/list': 'ListToolsRequest',
  'tools/call': 'CallToolRequest',
  'prompts/list': 'ListPromptsRequest',
  'prompts/get': 'GetPromptRequest',
  'resources/list': 'ListResourcesRequest',
  'resources/templates/list': 'ListResourceTemplatesRequest',
  'resources/read': 'ReadResourceRequest',
  'resources/subscribe': 'SubscribeRequest',
  'resources/unsubscribe': 'UnsubscribeRequest',
  'completion/complete': 'CompleteRequest',
  'subscriptions/listen': 'SubscriptionsListenRequest',
} as const satisfies Record<string, keyof typeof specTypeSchemas>;

/** Methods that the 2026 revision removed. The SDK answers them with -32601 there, whatever their params are. */
const REMOVED_METHODS: ReadonlySet<string> = new Set([
  'initialize',
  'ping',
  'logging/setLevel',
  'resources/subscribe',
  'resources/unsubscribe',
]);

/** What a request of the 2026 revision says about its client. */
const CLIENT_MEMBERS = {
  [CLIENT_INFO_META_KEY]: 'Implementation',
  [CLIENT_CAPABILITIES_META_KEY]: 'ClientCapabilities',
  [LOG_LEVEL_META_KEY]: 'LoggingLevel',
} as const satisfies Record<string, keyof typeof specTypeSchemas>;

/** Lists of one page. `tools/list` has a handler that knows its cursors. */
const UNPAGED_METHODS: ReadonlySet<unknown> = new Set(['prompts/list', 'resources/list', 'resources/templates/list']);

/** The issues of the SDK's schemas carry the expected type beside what Standard Schema names. */
interface Issue {
  readonly path?: readonly unknown[] | undefined;
  readonly expected?: string;
  readonly values?: readonly unknown[];
}

/**
 * @param era of the connection, where it has one: an older one knows every method, whatever revision its requests name
 * @returns undefined for valid params, for a method that the revision of the request does not have, and for a message without a method
 */
export function invalidParams({ method, params }: JsonObject, era?: 'legacy' | 'modern'): ParamsError | undefined {
  if (typeof method !== 'string' || !Object.hasOwn(REQUEST_TYPES, method)) return undefined;
  const namesRevision = memberOf(memberOf(params, '_meta'), PROTOCOL_VERSION_META_KEY) !== undefined;
  if (REMOVED_METHODS.has(method) && namesRevision && era !== 'legacy') return undefined;
  const type = REQUEST_TYPES[method as keyof typeof REQUEST_TYPES];
  const checked = specTypeSchemas[type]['~standard'].validate({ method, ...(params !== undefined && { params }) });
  if (checked instanceof Promise) return undefined;
  if (checked.issues?.[0]) return error(sentence(method, params, checked.issues[0]));
  const { cursor } = (params ?? {}) as { cursor?: unknown };
  // Some clients send an empty cursor for the first page.
  if (cursor === undefined || cursor === '' || !UNPAGED_METHODS.has(method)) return undefined;
  return error(`There is no page with this cursor: ${method} answers everything at once. Send it without a cursor.`);
}

/** @returns undefined for a request of the 2025 era, and for one that describes its client as it should or not at all */
export function invalidClientMembers({ method, params }: JsonObject): ParamsError | undefined {
  const meta = memberOf(params, '_meta');
  if (typeof method !== 'string' || memberOf(meta, PROTOCOL_VERSION_META_KEY) === undefined) return undefined;
  for (const [name, type] of Object.entries(CLIENT_MEMBERS)) {
    const value = memberOf(meta, name);
    if (value === undefined) continue;
    const checked = specTypeSchemas[type]['~standard'].validate(value);
    const issue: Issue | undefined = checked instanceof Promise ? undefined : checked.issues?.[0];
    if (issue)
      return error(sentence(method, params, { ...issue, path: ['params', '_meta', name, ...(issue.path ?? [])] }));
  }
  return undefined;
}

function error(message: string): ParamsError {
  return { code: INVALID_PARAMS, message };
}

function sentence(method: string, params: unknown, { path = [], expected, values }: Issue): string {
  const names = path.slice(1);
  const missing = names.reduce((value: unknown, name) => memberOf(value, name), params) === undefined;
  const member = ['params', ...names.map(nameOf)].join('.');
  const what = expected === undefined || !Object.hasOwn(TYPE_WORDS, expected) ? undefined : TYPE_WORDS[expected];
  if (member === 'params.ref') {
    return `${method} needs params.ref: {"type": "ref/prompt", "name": ...} or {"type": "ref/resource", "uri": ...}.`;
  }
  if (values !== undefined) return `${member} of ${method} must be one of ${values.join(', ')}.`;
  if (what === undefined)
    return `${member} of ${method} ${missing ? 'is missing' : 'has a value that is not allowed'}.`;
  return missing ? `${method} needs ${member}, ${what}.` : `${member} of ${method} must be ${what}.`;
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'an integer',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'an array',
};

function memberOf(value: unknown, name: unknown): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name as PropertyKey)) return undefined;
  return (value as Record<PropertyKey, unknown>)[name as PropertyKey];
}

/** The client chose some names itself; only short plain ones are repeated. */
function nameOf(name: unknown): string {
  return /^[A-Za-z0-9_./-]{1,64}$/.test(String(name)) ? String(name) : '(member)';
}
