/**
 * Runs below the SDK's client, on every message that arrives. The client checks whole results: one bad tool hides all tools, and
 * one content block of an unknown type loses a result whose side effect has happened. So the parts that are checked here, one by
 * one, are moved out of its sight, into a member of `_meta` that passes through.
 */
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
  if (method === 'initialize' && isMembers(result)) return { ...message, result: openingOf(result) };
  if (empty === undefined || !isMembers(result)) return message;
  // A request for input has a form of its own, which the client reads.
  if (result['resultType'] === 'input_required') return message;
  return { ...message, result: { resultType: 'complete', ...empty, _meta: { [RAW_RESULT]: result } } };
}

/** What the client needs of an answer to `initialize`, where servers leave it out. */
function openingOf(result: Members): Members {
  const { serverInfo, capabilities } = result;
  return {
    ...result,
    capabilities: Object.fromEntries(
      Object.entries(isMembers(capabilities) ? capabilities : {}).filter(([, value]) => isMembers(value)),
    ),
    serverInfo: { name: '', version: '', ...(isMembers(serverInfo) && serverInfo) },
  };
}

/** The result as the upstream sent it; `{}` for one that was no object. */
export function rawResult(result: unknown): Members {
  const meta = isMembers(result) ? result['_meta'] : undefined;
  const raw = isMembers(meta) ? meta[RAW_RESULT] : undefined;
  return isMembers(raw) ? raw : {};
}
