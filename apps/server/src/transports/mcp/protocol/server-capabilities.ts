import type { ServerCapabilities } from '@modelcontextprotocol/server';

/** What the server declares to clients of either era; with jobs, {@link TASKS_CAPABILITY} comes to it in the 2026 revision. */
export const SERVER_CAPABILITIES: ServerCapabilities = {
  tools: { listChanged: true },
  resources: { listChanged: true, subscribe: true },
  prompts: { listChanged: true },
  completions: {},
  logging: {},
};

/** Lists change only when the registry does, and clients are notified then; a minute is for those that do not subscribe. */
export const LIST_CACHE_HINT = { ttlMs: 60_000, cacheScope: 'private' } as const;

/** Health, statistics and configuration change at any time. */
export const READ_CACHE_HINT = { ttlMs: 0, cacheScope: 'private' } as const;
