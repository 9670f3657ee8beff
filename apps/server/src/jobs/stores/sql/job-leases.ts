import { MAX_STARTS, type JobRecord, type JobState } from '../../record/job-record.ts';
import type { HeldJob, Lease } from '../job-store.ts';
import { jobOf, OPEN } from './job-row.ts';
import type { SqlDatabase, SqlValue } from './sql-database.ts';

/** Extends the lease of everything that the runner holds. */
export async function renewLeases(database: SqlDatabase, { owner, leaseMs }: Lease): Promise<readonly HeldJob[]> {
  const rows = await database.query(
    `UPDATE mcp_jobs SET lease_until = ${database.now} + CAST($2 AS BIGINT)
     WHERE owner = $1 AND ${OPEN} RETURNING id, fence, state`,
    [owner, leaseMs],
  );
  return rows.map((row) => ({
    id: String(row['id']),
    fence: Number(row['fence']),
    state: String(row['state']) as JobState,
  }));
}

export interface GivenUp {
  /** A condition, with its values from $2 on. */
  readonly which: string;
  readonly values: readonly SqlValue[];
  /** Who is kept as the owner of those that end. @default the one that held them */
  readonly by?: string;
  /** Those that nobody knows the end of; others are expired. @default all */
  readonly lost?: string;
}

/** Ends jobs that have no end of their own, or queues them again. */
export async function giveUpJobs(
  database: SqlDatabase,
  retentionMs: number,
  { which, values, by = 'owner', lost = '1 = 1' }: GivenUp,
): Promise<JobRecord[]> {
  const { now } = database;
  const again = `${lost} AND repeatable = 1 AND state = 'running' AND starts < ${MAX_STARTS}`;
  const rows = await database.query(
    `UPDATE mcp_jobs SET fence = fence + 1, lease_until = 0, updated_at = ${now},
       owner = CASE WHEN ${again} THEN '' ELSE ${by} END,
       state = CASE WHEN ${again} THEN 'queued' WHEN ${lost} THEN 'lost' ELSE 'expired' END,
       input = CASE WHEN ${again} THEN input ELSE NULL END,
       deadline_at = CASE WHEN ${again} THEN ${now} + timeout_ms ELSE deadline_at END,
       ended_at = CASE WHEN ${again} THEN 0 ELSE ${now} END,
       expires_at = CASE WHEN ${again} THEN 0 ELSE ${now} + CAST($1 AS BIGINT) END
     WHERE (${which}) AND ${OPEN} RETURNING *`,
    [retentionMs, ...values],
  );
  return rows.map(jobOf);
}
