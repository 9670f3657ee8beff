/** What is made in PostgreSQL beside the table that every database has. */
import type { PoolClient } from 'pg';

import { JOB_SCHEMA } from './sql-database.ts';

/** Its messages are the ids of jobs that changed. Sent with the commit of the change, or not at all. */
export const JOBS_CHANNEL = 'mcp_jobs';

/** Any number, the same for all servers: who creates jobs or tables waits for the others that do. */
const CREATE_LOCK = 7_041_776;

const POSTGRES_SCHEMA: readonly string[] = [
  ...JOB_SCHEMA,
  `CREATE TABLE IF NOT EXISTS mcp_job_output (
    id TEXT NOT NULL, run BIGINT NOT NULL, stream TEXT NOT NULL, piece BIGINT NOT NULL, bytes BYTEA NOT NULL,
    PRIMARY KEY (id, run, stream, piece))`,
  // Output is rarely worth the time of compressing it.
  'ALTER TABLE mcp_job_output ALTER COLUMN bytes SET STORAGE EXTERNAL',
  `CREATE OR REPLACE FUNCTION mcp_jobs_changed() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_notify('${JOBS_CHANNEL}', NEW.id); RETURN NULL; END $$`,
  // A renewed lease is no news.
  `CREATE OR REPLACE TRIGGER mcp_jobs_changed AFTER INSERT OR UPDATE OF updated_at ON mcp_jobs
    FOR EACH ROW EXECUTE FUNCTION mcp_jobs_changed()`,
];

/** Looked for first: a role that may only read and write must not need the right to create. */
export async function createSchema(client: PoolClient): Promise<void> {
  if (await isThere(client)) return;
  await inTransaction(client, async () => {
    if (await isThere(client)) return;
    for (const statement of POSTGRES_SCHEMA) await client.query(statement);
  });
}

async function isThere(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>(
    `SELECT to_regclass('mcp_jobs') IS NOT NULL AND to_regclass('mcp_job_output') IS NOT NULL AS found`,
  );
  return rows[0]?.found === true;
}

/** One after the other, in all servers. */
export async function inTransaction<T>(client: PoolClient, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  // On failure the connection is closed, which rolls back.
  await client.query('SELECT pg_advisory_xact_lock($1)', [CREATE_LOCK]);
  const result = await work();
  await client.query('COMMIT');
  return result;
}
