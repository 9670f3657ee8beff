import type { CheckedAuditQuery, Retention } from './audit-store.ts';

export type SqliteTask =
  /** The text of the entries: a string is copied between threads in a fraction of the time that objects take. */
  | { readonly type: 'append'; readonly entries: string }
  | { readonly type: 'query'; readonly query: CheckedAuditQuery }
  | { readonly type: 'prune'; readonly retention: Retention }
  | { readonly type: 'close' };

/** To the thread. */
export type SqliteRequest = SqliteTask & { readonly id: number };

/** From the thread: JSON for a query, nothing for the rest. */
export type SqliteAnswer =
  | { readonly id: number; readonly ok: true; readonly value: string | undefined }
  | { readonly id: number; readonly ok: false; readonly error: SqliteFailure };

/** The members of an error that are sent between threads. */
export interface SqliteFailure {
  readonly message: string;
  /** The database's own fixed text for the code. */
  readonly errstr: string | undefined;
  readonly code: string | undefined;
}
