import type { AuditEntry } from './audit-entry.ts';

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
  /** Entries that ended before this go, milliseconds since the epoch. */
  readonly before: number;
  /** Only this many of the newest stay. */
  readonly maxEntries: number;
}

/** The port: where entries are kept. Every method may reject; {@link AuditTrail} is what makes that harmless. */
export interface AuditStore {
  /** What it is, for people: 'memory', 'sqlite', 'postgres'. */
  readonly kind: string;
  /** All or none of them; an entry whose id is there already is left as it is, so a batch can be sent again. */
  append(entries: readonly AuditEntry[]): Promise<void>;
  /** Newest first. */
  query(query: CheckedAuditQuery): Promise<AuditEntry[]>;
  prune(retention: Retention): Promise<void>;
  close(): Promise<void>;
}

/** Whether an entry is what a query asks for; stores without an index, and entries not yet stored, go by it. */
export function matchesQuery(entry: AuditEntry, query: AuditQuery): boolean {
  if (query.tool !== undefined && entry.tool !== query.tool) return false;
  if (query.caller !== undefined && entry.caller !== query.caller) return false;
  return query.before === undefined || entry.id < query.before;
}
