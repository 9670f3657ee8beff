import type { ChangeHandlers, ChangeListener } from '../job-store.ts';

export type SqlValue = string | number | null;
export type SqlRow = Readonly<Record<string, unknown>>;

/** What {@link SqlJobStore} needs of a database. Statements are the same for all; what differs is here. */
export interface SqlDatabase extends AsyncDisposable {
  readonly kind: 'sqlite' | 'postgres';
  /** The time by which the store decides, as an expression: milliseconds since the epoch. */
  readonly now: string;
  /** Ends a select that must not wait for rows that another process is taking. */
  readonly skipLocked: string;
  /** @param values of $1, $2, ... */
  query(statement: string, values: readonly SqlValue[]): Promise<readonly SqlRow[]>;
  /** Runs statements that count before they write: in no other process at the same time. */
  exclusive<T>(work: (query: SqlDatabase['query']) => Promise<T>): Promise<T>;
  /** Reports jobs that any process changed. Only where several may. */
  listen?(handlers: ChangeHandlers): ChangeListener;
}

/** Run once by each database before its first statement. */
export const JOB_SCHEMA: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS mcp_jobs (
    id TEXT PRIMARY KEY, tool TEXT NOT NULL, caller TEXT NOT NULL, state TEXT NOT NULL, owner TEXT NOT NULL,
    fence BIGINT NOT NULL, starts BIGINT NOT NULL, lease_until BIGINT NOT NULL, created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL, started_at BIGINT NOT NULL, ended_at BIGINT NOT NULL, deadline_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL, turn BIGINT NOT NULL, timeout_ms BIGINT NOT NULL, max_output BIGINT NOT NULL,
    repeatable INTEGER NOT NULL, idempotency_key TEXT, arguments TEXT NOT NULL, capabilities TEXT,
    stdout_bytes BIGINT NOT NULL, stderr_bytes BIGINT NOT NULL, message TEXT NOT NULL, output_removed INTEGER NOT NULL,
    input TEXT, ending TEXT)`,
  `CREATE UNIQUE INDEX IF NOT EXISTS mcp_jobs_key ON mcp_jobs (caller, tool, idempotency_key)
    WHERE idempotency_key IS NOT NULL`,
  `CREATE INDEX IF NOT EXISTS mcp_jobs_queue ON mcp_jobs (turn, created_at, id) WHERE state = 'queued'`,
  `CREATE INDEX IF NOT EXISTS mcp_jobs_open ON mcp_jobs (caller) WHERE expires_at = 0`,
  `CREATE INDEX IF NOT EXISTS mcp_jobs_ended ON mcp_jobs (ended_at) WHERE expires_at > 0`,
];
