import type { JobOrder } from '../../record/job-record.ts';
import { isSameOrder } from '../../record/job-rules.ts';
import type { JobCreation, JobQuota } from '../job-store.ts';
import type { SqlDatabase } from './sql-database.ts';
import { jobOf, OPEN } from './job-row.ts';

/** Within the quotas, or the one with the same idempotency key. */
export async function createJob(
  database: SqlDatabase,
  order: JobOrder,
  { perCaller, maxQueued }: JobQuota,
): Promise<JobCreation> {
  const known = await byKey((...query) => database.query(...query), order);
  if (known) return known;
  return database.exclusive((query) => insert(query, database.now, order, { perCaller, maxQueued }));
}

type Query = SqlDatabase['query'];

async function insert(
  query: Query,
  now: string,
  order: JobOrder,
  { perCaller, maxQueued }: JobQuota,
): Promise<JobCreation> {
  const own = `SELECT count(*) FROM mcp_jobs WHERE caller = $3 AND ${OPEN}`;
  const queued = `SELECT count(*) FROM mcp_jobs WHERE state = 'queued'`;
  const turns = `SELECT coalesce(min(turn), 1) AS turn FROM mcp_jobs WHERE state = 'queued'
    UNION ALL SELECT max(turn) + 1 FROM mcp_jobs WHERE caller = $3 AND ${OPEN}`;
  const [row] = await query(
    `INSERT INTO mcp_jobs (id, tool, caller, state, owner, fence, starts, lease_until, created_at, updated_at, started_at,
       ended_at, deadline_at, expires_at, turn, timeout_ms, max_output, repeatable, idempotency_key, arguments,
       capabilities, input, stdout_bytes, stderr_bytes, message, output_removed)
     SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), 'queued', '', 0, 0, 0, ${now}, ${now}, 0, 0,
       ${now} + CAST($4 AS BIGINT), 0, (SELECT max(turn) FROM (${turns}) AS places), CAST($4 AS BIGINT),
       CAST($5 AS BIGINT), CAST($6 AS INTEGER), CAST($7 AS TEXT), CAST($8 AS TEXT), CAST($9 AS TEXT), CAST($10 AS TEXT), 0, 0, '', 0
     WHERE (${own}) < CAST($11 AS BIGINT) AND (${queued}) < CAST($12 AS BIGINT)
     ON CONFLICT DO NOTHING RETURNING *`,
    [
      order.id,
      order.tool,
      order.caller,
      order.timeoutMs,
      order.maxOutputBytes,
      order.repeatable ? 1 : 0,
      order.idempotencyKey ?? null,
      JSON.stringify(order.arguments),
      order.capabilities === undefined ? null : JSON.stringify(order.capabilities),
      order.input === undefined ? null : JSON.stringify(order.input),
      perCaller,
      maxQueued,
    ],
  );
  if (row) return { kind: 'created', job: jobOf(row) };
  // Another process may have created it at the same time.
  const created = await byKey(query, order);
  if (created) return created;
  const [count] = await query(`SELECT count(*) AS own FROM mcp_jobs WHERE caller = $1 AND ${OPEN}`, [order.caller]);
  return { kind: Number(count?.['own']) >= perCaller ? 'caller_full' : 'queue_full' };
}

async function byKey(query: Query, order: JobOrder): Promise<JobCreation | undefined> {
  if (order.idempotencyKey === undefined) return undefined;
  const [row] = await query('SELECT * FROM mcp_jobs WHERE caller = $1 AND tool = $2 AND idempotency_key = $3', [
    order.caller,
    order.tool,
    order.idempotencyKey,
  ]);
  if (!row) return undefined;
  const job = jobOf(row);
  return isSameOrder(job, order) ? { kind: 'existing', job } : { kind: 'mismatch' };
}
