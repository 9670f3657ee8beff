import type { KeptCall } from '../../record/new-record.ts';
import type { SqlDatabase } from './sql-database.ts';

/** A job that has ended, or a later end of the same one. */
export async function keepCall(database: SqlDatabase, call: KeptCall, retentionMs: number): Promise<void> {
  const { now } = database;
  const expires = `${now} + CAST($4 AS BIGINT)`;
  await database.query(
    `INSERT INTO mcp_jobs (id, tool, caller, state, owner, fence, starts, lease_until, created_at, updated_at, started_at,
       ended_at, deadline_at, expires_at, turn, timeout_ms, max_output, repeatable, arguments, stdout_bytes, stderr_bytes,
       message, output_removed)
     VALUES ($1, $2, $3, 'completed', '', 0, 1, 0, ${now}, ${now}, ${now}, ${now}, ${now}, ${expires}, 0, 0, 0, 0, '{}',
       CAST($5 AS BIGINT), CAST($6 AS BIGINT), '', 0)
     ON CONFLICT (id) DO UPDATE SET updated_at = ${now}, ended_at = ${now}, expires_at = ${expires},
       stdout_bytes = CAST($5 AS BIGINT), stderr_bytes = CAST($6 AS BIGINT)`,
    [call.id, call.tool, call.caller, retentionMs, call.stdoutBytes, call.stderrBytes],
  );
}
