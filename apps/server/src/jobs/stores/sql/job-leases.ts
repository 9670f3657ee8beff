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

/** Nobody knows how these runs ended. @param held a condition, with its values from $2 on */
export async function giveUpJobs(
  database: SqlDatabase,
  retentionMs: number,
  held: { readonly which: string; readonly values: readonly SqlValue[] },
): Promise<JobRecord[]> {
  const { now } = database;
  const again = `repeatable = 1 AND state = 'running' AND starts < ${MAX_STARTS}`;
  const rows = await database.query(
    `UPDATE mcp_jobs SET owner = '', fence = fence + 1, lease_until = 0, updated_at = ${now},
       state = CASE WHEN ${again} THEN 'queued' ELSE 'lost' END,
       input = CASE WHEN ${again} THEN input ELSE NULL END,
       deadline_at = CASE WHEN ${again} THEN ${now} + timeout_ms ELSE deadline_at END,
       ended_at = CASE WHEN ${again} THEN 0 ELSE ${now} END,
       expires_at = CASE WHEN ${again} THEN 0 ELSE ${now} + CAST($1 AS BIGINT) END
     WHERE ${held.which} AND ${OPEN} RETURNING *`,
    [retentionMs, ...held.values],
  );
  return rows.map(jobOf);
}
