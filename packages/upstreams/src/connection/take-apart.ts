/**
 * Runs below the SDK's client, on every message that arrives. The client checks whole results: one bad tool hides all tools, and
 * one content block of an unknown type loses a result whose side effect has happened. So the parts that are checked here, one by
 * one, are moved out of its sight, into a member of `_meta` that passes through.
 */
import { SERVER_INFO_META_KEY } from '@modelcontextprotocol/client';

import { RESERVED_CODE, REPLACEMENT_CODE } from './reserved-error.ts';

/** Where the result is kept as the upstream sent it. */
const RAW_RESULT = '@mcp/upstreams/raw';

export type Members = Readonly<Record<string, unknown>>;

export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Results that are read from {@link RAW_RESULT}, and what the client sees in their place. */
const EMPTY_RESULTS: Readonly<Record<string, Members>> = {
  'tools/list': { tools: [], ttlMs: 0, cacheScope: 'private' },
  'tools/call': { content: [] },
  'prompts/list': { prompts: [], ttlMs: 0, cacheScope: 'private' },
  'prompts/get': { messages: [] },
  'resources/list': { resources: [], ttlMs: 0, cacheScope: 'private' },
  'resources/templates/list': { resourceTemplates: [], ttlMs: 0, cacheScope: 'private' },
  'resources/read': { contents: [], ttlMs: 0, cacheScope: 'private' },
  'completion/complete': { completion: { values: [] } },
};

/**
 * @param method of the request that this message answers; undefined for a request or notification of the upstream
 * @returns the message for the SDK's client
 */
export function takeApart(message: Members, method: string | undefined): Members {
  if (isMembers(message['error']) && message['error']['code'] === RESERVED_CODE) {
    return { ...message, error: { ...message['error'], code: REPLACEMENT_CODE } };
  }
  const empty = method === undefined ? undefined : EMPTY_RESULTS[method];
  const { result } = message;
  if (method === 'initialize' && isMembers(result)) return { ...message, result: initializedBy(result) };
  if (method === 'server/discover' && isMembers(result)) return { ...message, result: discoveredOf(result) };
  if (empty === undefined || !isMembers(result)) return message;
  // A request for input has a form of its own, which the client reads.
  if (result['resultType'] === 'input_required') return message;
  return { ...message, result: { resultType: 'complete', ...empty, _meta: { [RAW_RESULT]: result } } };
}

/** What is needed of an answer to `initialize`, also where servers leave it out: of the rest, one member of another form would fail it. */
function initializedBy({ protocolVersion, capabilities, serverInfo }: Members): Members {
  return { protocolVersion, capabilities: neededOf(capabilities), serverInfo: introduction(serverInfo) };
}

function discoveredOf(result: Members): Members {
  const { resultType, supportedVersions, capabilities, ttlMs, cacheScope, _meta } = result;
  const serverInfo = isMembers(_meta) ? _meta[SERVER_INFO_META_KEY] : undefined;
  return {
    resultType,
    supportedVersions,
    ttlMs,
    cacheScope,
    capabilities: isMembers(capabilities) ? neededOf(capabilities) : capabilities,
    _meta: isMembers(serverInfo) ? { [SERVER_INFO_META_KEY]: introduction(serverInfo) } : {},
  };
}

/** Capabilities that are made use of; of each, what it says yes or no to. */
const NEEDED = ['tools', 'prompts', 'resources', 'completions'] as const;

function neededOf(capabilities: unknown): Members {
  const given = isMembers(capabilities) ? capabilities : {};
  return Object.fromEntries(
    NEEDED.flatMap((name) => {
      const capability = given[name];
      if (!isMembers(capability)) return [];
      return [[name, Object.fromEntries(Object.entries(capability).filter(([, value]) => typeof value === 'boolean'))]];
    }),
  );
}

function introduction(serverInfo: unknown): Members {
  const { name, version } = isMembers(serverInfo) ? serverInfo : {};
  return { name: typeof name === 'string' ? name : '', version: typeof version === 'string' ? version : '' };
}

/** The result as the upstream sent it; `{}` for one that was no object. */
export function rawResult(result: unknown): Members {
  const meta = isMembers(result) ? result['_meta'] : undefined;
  const raw = isMembers(meta) ? meta[RAW_RESULT] : undefined;
  return isMembers(raw) ? raw : {};
}
