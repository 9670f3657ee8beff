import type { JobState } from '../../record/job-record.ts';
import type { JobUsage, OutputBounds } from '../job-store.ts';
import type { SqlDatabase } from './sql-database.ts';

export async function jobUsage(database: SqlDatabase): Promise<JobUsage> {
  const rows = await database.query(
    `SELECT state, count(*) AS jobs, ${database.now} - min(updated_at) AS waited,
       sum(CASE WHEN output_removed = 0 THEN stdout_bytes + stderr_bytes ELSE 0 END) AS bytes
     FROM mcp_jobs GROUP BY state`,
    [],
  );
  const queued = rows.find(({ state }) => state === 'queued');
  return {
    jobs: new Map(rows.map((row) => [String(row['state']) as JobState, Number(row['jobs'])])),
    outputBytes: rows.reduce((total, { bytes }) => total + Number(bytes), 0),
    queuedMs: Math.max(0, Number(queued?.['waited'] ?? 0)),
  };
}

/** Marks the output of the jobs that ended first, beyond the bounds, as removed. */
export async function pruneJobOutput(
  database: SqlDatabase,
  { maxBytes, maxBytesPerCaller }: OutputBounds,
): Promise<readonly string[]> {
  const bytes = 'stdout_bytes + stderr_bytes';
  const rows = await database.query(
    `UPDATE mcp_jobs SET output_removed = 1 WHERE ${bytes} > 0 AND id IN (SELECT id FROM (
         SELECT id, sum(${bytes}) OVER (ORDER BY ended_at DESC, id DESC) AS total,
           sum(${bytes}) OVER (PARTITION BY caller ORDER BY ended_at DESC, id DESC) AS own
         FROM mcp_jobs WHERE expires_at > 0 AND output_removed = 0) AS sums
       WHERE total > CAST($1 AS BIGINT) OR own > CAST($2 AS BIGINT)) RETURNING id`,
    [maxBytes, maxBytesPerCaller],
  );
  return rows.map((row) => String(row['id']));
}
