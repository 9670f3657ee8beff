import type { JobState } from './job-record.ts';
import type { JobUsage } from './job-store.ts';
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
