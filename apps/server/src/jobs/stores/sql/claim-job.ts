import type { JobRecord } from '../../record/job-record.ts';
import { DEADLINE_SPARE_MS } from '../../record/job-rules.ts';
import type { Lease } from '../job-store.ts';
import { jobOf } from './job-row.ts';
import type { SqlDatabase } from './sql-database.ts';

/** Takes the next queued job of tools that are not `busy`: one start more, a new fence, and a lease from now on. */
export async function claimJob(
  database: SqlDatabase,
  { owner, leaseMs }: Lease,
  busy: readonly string[],
): Promise<JobRecord | undefined> {
  const { now, skipLocked } = database;
  const others = busy.map((_, index) => `$${index + 3}`).join(', ');
  const free = busy.length === 0 ? '' : `AND tool NOT IN (${others})`;
  const [row] = await database.query(
    `UPDATE mcp_jobs SET state = 'running', owner = $1, fence = fence + 1, starts = starts + 1,
       lease_until = ${now} + CAST($2 AS BIGINT), started_at = ${now}, updated_at = ${now},
       deadline_at = ${now} + timeout_ms + ${DEADLINE_SPARE_MS}, stdout_bytes = 0, stderr_bytes = 0
     WHERE state = 'queued' AND id = (SELECT id FROM mcp_jobs WHERE state = 'queued' ${free}
       ORDER BY turn, created_at, id LIMIT 1 ${skipLocked}) RETURNING *`,
    [owner, leaseMs, ...busy],
  );
  return row && jobOf(row);
}
