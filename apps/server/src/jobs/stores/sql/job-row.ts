import type { JobEnd, JobInput, JobOrder, JobRecord, JobState } from '../../record/job-record.ts';
import type { SqlRow } from './sql-database.ts';

/** A job that has not ended. */
export const OPEN = 'expires_at = 0';

/** PostgreSQL gives large integers as text. */
export function jobOf(row: SqlRow): JobRecord {
  const text = (name: string): string => String(row[name]);
  const number = (name: string): number => Number(row[name]);
  const json = (name: string): unknown => {
    const value = row[name];
    return typeof value === 'string' ? JSON.parse(value) : undefined;
  };
  return {
    id: text('id'),
    tool: text('tool'),
    caller: text('caller'),
    state: text('state') as JobState,
    owner: text('owner'),
    fence: number('fence'),
    starts: number('starts'),
    leaseUntil: number('lease_until'),
    createdAt: number('created_at'),
    updatedAt: number('updated_at'),
    startedAt: number('started_at'),
    endedAt: number('ended_at'),
    deadlineAt: number('deadline_at'),
    expiresAt: number('expires_at'),
    turn: number('turn'),
    timeoutMs: number('timeout_ms'),
    maxOutputBytes: number('max_output'),
    repeatable: number('repeatable') === 1,
    idempotencyKey: row['idempotency_key'] === null ? undefined : text('idempotency_key'),
    arguments: json('arguments') as JobOrder['arguments'],
    capabilities: json('capabilities'),
    stdoutBytes: number('stdout_bytes'),
    stderrBytes: number('stderr_bytes'),
    message: text('message'),
    outputRemoved: number('output_removed') === 1,
    input: json('input') as JobInput | undefined,
    end: json('ending') as JobEnd | undefined,
  };
}
