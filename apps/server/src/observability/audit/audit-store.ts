import type { AuditEntry } from './audit-entry.ts';
import type { EntriesText } from './entries-text.ts';

export interface AuditQuery {
  /** 1 to 1000. @default 100 */
  readonly limit?: number;
  readonly tool?: string;
  readonly caller?: string;
  /** Id of an entry: only older ones. */
  readonly before?: string;
}

export type CheckedAuditQuery = AuditQuery & { readonly limit: number };

export interface Retention {
  /** Entries that ended before this are removed; milliseconds since the epoch. */
  readonly before: number;
  /** The number of newest entries to keep. */
  readonly maxEntries: number;
}

/** Port: where entries are kept. Every method may reject; {@link AuditTrail} handles that. */
export interface AuditStore {
  /** For messages: 'memory', 'sqlite' or 'postgres'. */
  readonly kind: string;
  /** Stores all or none. An entry whose id is stored already is left unchanged, so a batch can be sent again. */
  append(entries: readonly AuditEntry[]): Promise<void>;
  appendText(entries: EntriesText): Promise<void>;
  /** Newest first. */
  query(query: CheckedAuditQuery): Promise<AuditEntry[]>;
  prune(retention: Retention): Promise<void>;
  close(): Promise<void>;
}

/** Whether an entry matches a query; for stores without an index and for entries that are not stored yet. */
export function matchesQuery(entry: AuditEntry, query: AuditQuery): boolean {
  if (query.tool !== undefined && entry.tool !== query.tool) return false;
  if (query.caller !== undefined && entry.caller !== query.caller) return false;
  return query.before === undefined || entry.id < query.before;
}
