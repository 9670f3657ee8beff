import type { JobOrder, JobRecord } from './job-record.ts';

/** A call that was no job, but whose output is kept like that of one. */
export interface KeptCall {
  readonly id: string;
  readonly tool: string;
  readonly caller: string;
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
}

/** A job that nothing happened to. @param turn its place in the queue */
export function queuedJob(order: JobOrder, now: number, turn: number): JobRecord {
  return {
    ...order,
    stdoutBytes: 0,
    stderrBytes: 0,
    message: '',
    state: 'queued',
    owner: '',
    fence: 0,
    starts: 0,
    leaseUntil: 0,
    createdAt: now,
    updatedAt: now,
    startedAt: 0,
    endedAt: 0,
    deadlineAt: now + order.timeoutMs,
    expiresAt: 0,
    turn,
    outputRemoved: false,
    idempotencyKey: order.idempotencyKey,
    capabilities: order.capabilities,
    input: order.input,
    end: undefined,
  };
}

/** Completed without a result: the call has had it. */
export function endedCall({ id, tool, caller }: KeptCall, now: number): JobRecord {
  const order = { id, tool, caller, arguments: {}, timeoutMs: 0, maxOutputBytes: 0, repeatable: false };
  return { ...queuedJob(order, now, 0), state: 'completed', starts: 1, startedAt: now };
}
