import type { Members } from './take-apart.ts';

/** What an upstream lists: the method, and the member of its result that holds the items. */
export const LISTS = {
  tools: { method: 'tools/list', member: 'tools', capability: 'tools' },
  prompts: { method: 'prompts/list', member: 'prompts', capability: 'prompts' },
  resources: { method: 'resources/list', member: 'resources', capability: 'resources' },
  templates: { method: 'resources/templates/list', member: 'resourceTemplates', capability: 'resources' },
} as const;

export type ListKind = keyof typeof LISTS;

export interface ListPage {
  /** Undefined where there is no list in the answer. */
  readonly items: readonly unknown[] | undefined;
  readonly nextCursor: string | undefined;
  /** For how long the list may be taken as current, in milliseconds. */
  readonly ttlMs: number | undefined;
}

/** The members that a page needs, of a result that nobody has checked. */
export function readListPage(list: ListKind, result: Members): ListPage {
  const { [LISTS[list].member]: items, nextCursor, ttlMs } = result;
  return {
    items: Array.isArray(items) ? items : undefined,
    nextCursor: typeof nextCursor === 'string' ? nextCursor : undefined,
    ttlMs: typeof ttlMs === 'number' && Number.isFinite(ttlMs) ? ttlMs : undefined,
  };
}
