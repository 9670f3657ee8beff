import { AUDIT_ID, type AuditEntry } from './audit-entry.ts';
import { matchesQuery, type AuditQuery, type CheckedAuditQuery } from './audit-store.ts';

export interface AuditPage {
  /** Newest first. */
  readonly entries: readonly AuditEntry[];
  /** Pass it as `before` for the next page; absent on the last one. */
  readonly next?: string;
  /** False when the store did not answer: the page then holds only entries that are not stored yet. */
  readonly complete: boolean;
}

/** Entries read at a time for a reader who may not see all, and how many times before an unfinished page is returned. */
const SCAN_ENTRIES = 200;
const MAX_SCANS = 25;

/** @throws {RangeError} when the limit or the id in `before` is invalid */
export function checkQuery(query: AuditQuery): CheckedAuditQuery {
  const limit = query.limit ?? 100;
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    throw new RangeError('limit must be an integer from 1 to 1000');
  }
  if (query.before !== undefined && !AUDIT_ID.test(query.before)) {
    throw new RangeError('before must be the id of an entry, as in the field "next" of the previous answer');
  }
  return { ...query, limit };
}

/** One page from stored entries (`undefined`: the store did not answer) and entries that are not stored yet. */
export function pageOf(
  query: CheckedAuditQuery,
  stored: readonly AuditEntry[] | undefined,
  pending: readonly AuditEntry[],
): AuditPage {
  const waiting = pending.filter((entry) => matchesQuery(entry, query));
  // By id: a batch whose confirmation was lost is in both.
  const entries = [...new Map([...(stored ?? []), ...waiting].map((entry) => [entry.id, entry])).values()];
  entries.sort((a, b) => (a.id < b.id ? 1 : -1));
  const shown = entries.slice(0, query.limit);
  const last = shown.at(-1);
  const more = entries.length > query.limit && last !== undefined;
  return { entries: shown, complete: stored !== undefined, ...(more ? { next: last.id } : {}) };
}

/**
 * A page of the entries that a reader may see. Stores know nothing of scopes, so their answers are filtered here, with a bound on
 * the work: where most entries are hidden, a page may be short, or empty with a `next`.
 */
export async function visiblePage(
  query: CheckedAuditQuery,
  isVisible: (entry: AuditEntry) => boolean,
  readPage: (query: CheckedAuditQuery) => Promise<AuditPage>,
): Promise<AuditPage> {
  const shown: AuditEntry[] = [];
  let { before } = query;
  let complete = true;
  for (let scan = 0; scan < MAX_SCANS; scan++) {
    const page = await readPage({ ...query, limit: SCAN_ENTRIES, ...(before !== undefined && { before }) });
    complete &&= page.complete;
    for (const entry of page.entries) {
      if (!isVisible(entry)) continue;
      const last = shown.at(-1);
      if (shown.length === query.limit && last) return { entries: shown, complete, next: last.id };
      shown.push(entry);
    }
    before = page.next;
    if (before === undefined) return { entries: shown, complete };
  }
  return { entries: shown, complete, ...(before !== undefined && { next: before }) };
}
