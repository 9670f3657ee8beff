/** What is made in PostgreSQL beside the table that every database has. */
import type { PoolClient } from 'pg';

import { formatMark, isTableThere } from '../../../foundation/state-format.ts';
import { JOB_SCHEMA } from './sql-database.ts';

/** Its messages are the ids of jobs that changed. Sent with the commit of the change, or not at all. */
export const JOBS_CHANNEL = 'mcp_jobs';
/** A job was queued: apart, so that the progress of a job does not let every server look for work. */
export const QUEUED_CHANNEL = 'mcp_job_queue';

/** Any number, the same for all servers: who creates jobs or tables waits for the others that do. */
const CREATE_LOCK = 7_041_776;

const NOTIFYING = `CREATE OR REPLACE FUNCTION mcp_jobs_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM pg_notify('${JOBS_CHANNEL}', NEW.id);
    IF NEW.state = 'queued' THEN PERFORM pg_notify('${QUEUED_CHANNEL}', ''); END IF;
    RETURN NULL; END $$`;

const POSTGRES_SCHEMA: readonly string[] = [
  ...JOB_SCHEMA,
  `CREATE TABLE IF NOT EXISTS mcp_job_output (
    id TEXT NOT NULL, run BIGINT NOT NULL, stream TEXT NOT NULL, piece BIGINT NOT NULL, bytes BYTEA NOT NULL,
    PRIMARY KEY (id, run, stream, piece))`,
  // Output is rarely worth the time of compressing it.
  'ALTER TABLE mcp_job_output ALTER COLUMN bytes SET STORAGE EXTERNAL',
  NOTIFYING,
  // Nobody is notified of a renewed lease.
  `CREATE OR REPLACE TRIGGER mcp_jobs_changed AFTER INSERT OR UPDATE OF updated_at ON mcp_jobs
    FOR EACH ROW EXECUTE FUNCTION mcp_jobs_changed()`,
  formatMark('mcp_jobs'),
];

/**
 * Looked for first: a role that may only read and write must not need the right to create.
 *
 * @throws {StartError} when a newer server made the tables
 */
export async function createSchema(client: PoolClient): Promise<void> {
  if (await isThere(client)) return replaceNotifying(client);
  await inTransaction(client, async () => {
    if (await isThere(client)) return;
    for (const statement of POSTGRES_SCHEMA) await client.query(statement);
  });
}

/** A server before this one may have made a function that knows one channel. Without the right to replace it, jobs are found by polling. */
async function replaceNotifying(client: PoolClient): Promise<void> {
  const source = `SELECT 1 FROM pg_proc WHERE oid = to_regproc($1) AND pg_has_role(proowner, 'USAGE')
    AND prosrc NOT LIKE '%${QUEUED_CHANNEL}%'`;
  if ((await client.query(source, [`${JOBS_CHANNEL}_changed`])).rows.length > 0)
    await inTransaction(client, () => client.query(NOTIFYING));
}

async function isThere(client: PoolClient): Promise<boolean> {
  for (const table of ['mcp_jobs', 'mcp_job_output']) {
    if (!(await isTableThere(client, table, 'The job store in PostgreSQL'))) return false;
  }
  return true;
}

/** One after the other, in all servers. */
export async function inTransaction<T>(client: PoolClient, work: () => Promise<T>): Promise<T> {
  // One round trip. On failure the connection is closed, which rolls back.
  await client.query(`BEGIN; SELECT pg_advisory_xact_lock(${CREATE_LOCK})`);
  const result = await work();
  await client.query('COMMIT');
  return result;
}
