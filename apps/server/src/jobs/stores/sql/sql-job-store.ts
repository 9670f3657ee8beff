import type { JobEnd, JobInput, JobOrder, JobProgress, JobRecord, JobState } from '../../record/job-record.ts';
import type { KeptCall } from '../../record/new-record.ts';
import { withResponses } from '../../record/job-rules.ts';
import type { HeldJob, JobCancellation, JobCreation, JobQuota, JobStore, JobUsage } from '../job-store.ts';
import type { Lease, OutputBounds } from '../job-store.ts';
import type { SqlDatabase, SqlRow, SqlValue } from './sql-database.ts';
import { claimJob } from './claim-job.ts';
import { createJob } from './create-job.ts';
import { giveUpJobs, renewLeases } from './job-leases.ts';
import { jobOf, OPEN } from './job-row.ts';
import { keepCall } from './keep-call.ts';
import { jobUsage, pruneJobOutput } from './job-usage.ts';

/** Jobs in a table, by the same statements in every database. */
export class SqlJobStore implements JobStore {
  readonly listen: JobStore['listen'];
  readonly isShared: boolean;
  readonly #database: SqlDatabase;

  /** @param isShared whether other processes use the database too */
  constructor(database: SqlDatabase, isShared: boolean = database.kind === 'postgres') {
    this.#database = database;
    this.isShared = isShared;
    this.listen = database.listen?.bind(database);
  }

  get kind(): SqlDatabase['kind'] {
    return this.#database.kind;
  }

  create(order: JobOrder, quota: JobQuota): Promise<JobCreation> {
    return createJob(this.#database, order, quota);
  }

  claim(lease: Lease, busy: readonly string[]): Promise<JobRecord | undefined> {
    return claimJob(this.#database, lease, busy);
  }

  renew(lease: Lease): Promise<readonly HeldJob[]> {
    return renewLeases(this.#database, lease);
  }

  report(id: string, fence: number, progress: JobProgress): Promise<JobRecord | undefined> {
    const { stdoutBytes, stderrBytes, message } = progress;
    const change = 'stdout_bytes = $3, stderr_bytes = $4, message = $5';
    return this.#held(id, fence, change, [stdoutBytes, stderrBytes, message]);
  }

  async wait(id: string, fence: number, input: JobInput, retentionMs: number): Promise<JobRecord | undefined> {
    const { now } = this.#database;
    const stopped = `state = 'cancelling'`;
    return this.#held(
      id,
      fence,
      `owner = '', input = CASE WHEN ${stopped} THEN NULL ELSE $3 END,
       state = CASE WHEN ${stopped} THEN 'cancelled' ELSE 'waiting' END,
       fence = CASE WHEN ${stopped} THEN fence + 1 ELSE fence END,
       lease_until = CASE WHEN ${stopped} THEN 0 ELSE lease_until END,
       deadline_at = CASE WHEN ${stopped} THEN deadline_at ELSE ${now} + timeout_ms END,
       ended_at = CASE WHEN ${stopped} THEN ${now} ELSE 0 END,
       expires_at = CASE WHEN ${stopped} THEN ${now} + CAST($4 AS BIGINT) ELSE 0 END`,
      [JSON.stringify(input), retentionMs],
    );
  }

  async respond(id: string, responses: Readonly<Record<string, unknown>>): Promise<JobRecord | undefined> {
    for (;;) {
      const [row] = await this.#query('SELECT * FROM mcp_jobs WHERE id = $1', [id]);
      const job = row && jobOf(row);
      if (job?.state !== 'waiting' || !job.input) return job;
      const answered = withResponses(job.input, responses);
      if (!answered) return job;
      const { now } = this.#database;
      const next = answered.isComplete ? `, state = 'queued', deadline_at = ${now} + timeout_ms` : '';
      const changed = await this.#one(
        `UPDATE mcp_jobs SET input = $2, updated_at = ${now} ${next}
         WHERE id = $1 AND state = 'waiting' AND input = $3 RETURNING *`,
        [id, JSON.stringify(answered.input), String(row?.['input'])],
      );
      if (changed) return changed;
    }
  }

  async finish(
    id: string,
    fence: number,
    end: JobEnd,
    progress: JobProgress,
    retentionMs: number,
  ): Promise<JobRecord | undefined> {
    const { stdoutBytes, stderrBytes, message } = progress;
    return this.#held(
      id,
      fence,
      `state = $3, ending = $4, stdout_bytes = $5, stderr_bytes = $6, message = $7, ${this.#ended('$8')}`,
      [end.state, JSON.stringify(end), stdoutBytes, stderrBytes, message, retentionMs],
    );
  }

  async release(owner: string, retentionMs: number): Promise<readonly JobRecord[]> {
    return giveUpJobs(this.#database, retentionMs, { which: 'owner = $2', values: [owner] });
  }

  async giveUp(id: string, fence: number, retentionMs: number): Promise<JobRecord | undefined> {
    const held = { which: `id = $2 AND fence = $3 AND owner <> ''`, values: [id, fence] };
    return (await giveUpJobs(this.#database, retentionMs, held))[0];
  }

  async cancel(id: string, retentionMs: number): Promise<JobCancellation | undefined> {
    const { now } = this.#database;
    const runs = `state = 'running'`;
    // One statement: a job that is claimed between two would be missed by both.
    const changed = await this.#one(
      `UPDATE mcp_jobs SET updated_at = ${now},
         state = CASE WHEN ${runs} THEN 'cancelling' ELSE 'cancelled' END,
         fence = CASE WHEN ${runs} THEN fence ELSE fence + 1 END,
         lease_until = CASE WHEN ${runs} THEN lease_until ELSE 0 END,
         input = CASE WHEN ${runs} THEN input ELSE NULL END,
         ended_at = CASE WHEN ${runs} THEN 0 ELSE ${now} END,
         expires_at = CASE WHEN ${runs} THEN 0 ELSE ${now} + CAST($2 AS BIGINT) END
       WHERE id = $1 AND state IN ('queued', 'waiting', 'running') RETURNING *`,
      [id, retentionMs],
    );
    const job = changed ?? (await this.get(id));
    return job && { job, isChanged: changed !== undefined };
  }

  async discard(id: string, fence: number): Promise<boolean> {
    const rows = await this.#query('DELETE FROM mcp_jobs WHERE id = $1 AND fence = $2 RETURNING id', [id, fence]);
    return rows.length > 0;
  }

  /** One statement: of two, the answer of the first would be lost with the second. */
  async reap(by: string, retentionMs: number): Promise<readonly JobRecord[]> {
    const { now } = this.#database;
    const lost = `owner <> '' AND lease_until < ${now}`;
    const which = `${lost} OR deadline_at < ${now}`;
    return giveUpJobs(this.#database, retentionMs, { which, values: [by], by: 'CAST($2 AS TEXT)', lost });
  }

  async reapedBy(by: string): Promise<readonly JobRecord[]> {
    const rows = await this.#query('SELECT * FROM mcp_jobs WHERE expires_at > 0 AND owner = $1', [by]);
    return rows.map(jobOf);
  }

  async postpone(ms: number): Promise<void> {
    await this.#query(`UPDATE mcp_jobs SET deadline_at = deadline_at + CAST($1 AS BIGINT) WHERE ${OPEN}`, [ms]);
  }

  keep(call: KeptCall, retentionMs: number): Promise<void> {
    return keepCall(this.#database, call, retentionMs);
  }

  async prune(): Promise<readonly string[]> {
    const rows = await this.#query(
      `DELETE FROM mcp_jobs WHERE expires_at > 0 AND expires_at < ${this.#database.now} RETURNING id`,
    );
    return rows.map((row) => String(row['id']));
  }

  pruneOutput(bounds: OutputBounds): Promise<readonly string[]> {
    return pruneJobOutput(this.#database, bounds);
  }

  async get(id: string): Promise<JobRecord | undefined> {
    return this.#one('SELECT * FROM mcp_jobs WHERE id = $1', [id]);
  }

  async list({
    states,
    limit,
  }: {
    readonly states: readonly JobState[];
    readonly limit: number;
  }): Promise<readonly JobRecord[]> {
    const wanted = states.map((_, index) => `$${index + 2}`).join(', ');
    const rows = await this.#query(
      `SELECT * FROM mcp_jobs WHERE state IN (${wanted}) ORDER BY created_at DESC, id DESC LIMIT CAST($1 AS BIGINT)`,
      [limit, ...states],
    );
    return rows.map(jobOf);
  }

  usage(): Promise<JobUsage> {
    return jobUsage(this.#database);
  }

  async nextDueMs(): Promise<number | undefined> {
    const [row] = await this.#query(
      `SELECT min(due) - ${this.#database.now} AS due FROM (
         SELECT expires_at AS due FROM mcp_jobs WHERE expires_at > 0
         UNION ALL SELECT deadline_at FROM mcp_jobs WHERE ${OPEN}
         UNION ALL SELECT lease_until FROM mcp_jobs WHERE ${OPEN} AND owner <> '') AS times`,
    );
    const due = row?.['due'] ?? null;
    return due === null ? undefined : Math.max(0, Number(due));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database[Symbol.asyncDispose]();
  }

  /** Changes a job that the claim with this fence holds. */
  #held(id: string, fence: number, change: string, values: readonly SqlValue[]): Promise<JobRecord | undefined> {
    return this.#one(
      `UPDATE mcp_jobs SET updated_at = ${this.#database.now}, ${change}
       WHERE id = $1 AND fence = $2 AND owner <> '' AND ${OPEN} RETURNING *`,
      [id, fence, ...values],
    );
  }

  #ended(retention: string): string {
    const { now } = this.#database;
    return `owner = '', fence = fence + 1, lease_until = 0, input = NULL, ended_at = ${now},
      expires_at = ${now} + CAST(${retention} AS BIGINT)`;
  }

  async #one(statement: string, values: readonly SqlValue[]): Promise<JobRecord | undefined> {
    const [row] = await this.#query(statement, values);
    return row && jobOf(row);
  }

  #query(statement: string, values: readonly SqlValue[] = []): Promise<readonly SqlRow[]> {
    return this.#database.query(statement, values);
  }
}
