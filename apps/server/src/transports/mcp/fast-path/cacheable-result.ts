/** Results that change only with the registry, the scopes of the caller and the configuration, written as the SDK writes them. */
import type { Principal } from '../../../access/principal.ts';
import { serverInfo, type ProtocolDependencies } from '../protocol/protocol-dependencies.ts';
import { MODERN_VERSION, SERVER_INFO_META_KEY } from '../protocol/protocol-names.ts';
import { LIST_CACHE_HINT, SERVER_CAPABILITIES } from '../protocol/server-capabilities.ts';
import { TASKS_CAPABILITY } from '../protocol/task.ts';
import type { ToolPage } from '../protocol/tool-pages.ts';
import type { CacheableRequest } from './fast-path-request.ts';

/** @returns the member `result` as JSON; undefined where the SDK answers with an error or rewrites a schema */
export function cacheableResult(
  request: CacheableRequest,
  principal: Principal,
  dependencies: ProtocolDependencies,
): string | undefined {
  const { method, era } = request;
  // The other revision does not have the method.
  if (method === 'ping') return era === 'legacy' ? '{}' : undefined;
  if (method === 'server/discover') return era === 'modern' ? discovery(principal, dependencies) : undefined;
  const { listing, jobs, version } = dependencies;
  const hasTasks = request.hasTasks && jobs.calls.isOfferedTo(principal);
  const page = listing.page(principal, undefined, { hasTasks });
  if (page === undefined) return undefined;
  if (era === 'legacy') return isLegacyPage(page) ? JSON.stringify(page) : undefined;
  return JSON.stringify({ ...page, ...modernMembers(LIST_CACHE_HINT, version) });
}

function discovery(principal: Principal, { jobs, version, instructions }: ProtocolDependencies): string {
  const text = instructions();
  return JSON.stringify({
    supportedVersions: [MODERN_VERSION],
    capabilities: { ...SERVER_CAPABILITIES, ...(jobs.calls.isOfferedTo(principal) && TASKS_CAPABILITY) },
    ...(text !== '' && { instructions: text }),
    ...modernMembers({ ttlMs: 0, cacheScope: 'private' }, version),
  });
}

function modernMembers(hint: { readonly ttlMs: number; readonly cacheScope: string }, version: string): object {
  return { resultType: 'complete', ...hint, _meta: { [SERVER_INFO_META_KEY]: serverInfo(version) } };
}

/** The 2025 revisions know output schemas of objects only; the SDK wraps any other. */
function isLegacyPage({ tools }: ToolPage): boolean {
  return tools.every(({ outputSchema }) => outputSchema === undefined || outputSchema.type === 'object');
}
