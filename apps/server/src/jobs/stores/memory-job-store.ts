import { systemClock, type Clock } from '../../foundation/clock.ts';
import {
  isFinal,
  MAX_STARTS,
  type JobEnd,
  type JobInput,
  type JobOrder,
  type JobProgress,
} from '../record/job-record.ts';
import type { JobRecord, JobState } from '../record/job-record.ts';
import { endedCall, queuedJob, type KeptCall } from '../record/new-record.ts';
import { DEADLINE_SPARE_MS, isSameOrder, withResponses } from '../record/job-rules.ts';
import type { HeldJob, JobCancellation, JobCreation, JobQuota, JobStore, JobUsage } from './job-store.ts';
import type { Lease, OutputBounds } from './job-store.ts';

/** Jobs in memory: they end with the process. Records are replaced, never changed. */
export class MemoryJobStore implements JobStore {
  readonly kind = 'memory';
  readonly isShared = false;
  readonly #clock: Pick<Clock, 'epochMs'>;
  readonly #jobs = new Map<string, JobRecord>();

  constructor(clock: Pick<Clock, 'epochMs'> = systemClock) {
    this.#clock = clock;
  }

  async create(order: JobOrder, quota: JobQuota): Promise<JobCreation> {
    const known = this.#all(
      ({ caller, tool, idempotencyKey }) =>
        idempotencyKey !== undefined &&
        idempotencyKey === order.idempotencyKey &&
        caller === order.caller &&
        tool === order.tool,
    )[0];
    if (known) return isSameOrder(known, order) ? { kind: 'existing', job: known } : { kind: 'mismatch' };
    const open = this.#all((job) => !isFinal(job));
    const own = open.filter(({ caller }) => caller === order.caller);
    if (own.length >= quota.perCaller) return { kind: 'caller_full' };
    const queued = open.filter(({ state }) => state === 'queued');
    if (queued.length >= quota.maxQueued) return { kind: 'queue_full' };
    const now = this.#now();
    const first = queued.length === 0 ? 1 : Math.min(...queued.map(({ turn }) => turn));
    const turn = Math.max(first, ...own.map((job) => job.turn + 1));
    const job = queuedJob(order, now, turn);
    this.#jobs.set(job.id, job);
    return { kind: 'created', job };
  }

  async claim({ owner, leaseMs }: Lease, busy: readonly string[]): Promise<JobRecord | undefined> {
    const [job] = this.#all(({ state, tool }) => state === 'queued' && !busy.includes(tool)).toSorted(
      (a, b) => a.turn - b.turn || a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1),
    );
    if (!job) return undefined;
    const now = this.#now();
    return this.#set(job, {
      state: 'running',
      owner,
      fence: job.fence + 1,
      starts: job.starts + 1,
      leaseUntil: now + leaseMs,
      startedAt: now,
      deadlineAt: now + job.timeoutMs + DEADLINE_SPARE_MS,
      stdoutBytes: 0,
      stderrBytes: 0,
    });
  }

  async renew({ owner, leaseMs }: Lease): Promise<readonly HeldJob[]> {
    return this.#held(owner).map((job) => {
      const { id, fence, state } = job;
      this.#jobs.set(id, { ...job, leaseUntil: this.#now() + leaseMs });
      return { id, fence, state };
    });
  }

  async report(id: string, fence: number, progress: JobProgress): Promise<JobRecord | undefined> {
    const job = this.#running(id, fence);
    return job && this.#set(job, progress);
  }

  async wait(id: string, fence: number, input: JobInput, retentionMs: number): Promise<JobRecord | undefined> {
    const job = this.#running(id, fence);
    if (job?.state === 'cancelling') return this.#end(job, 'cancelled', retentionMs);
    return job && this.#set(job, { state: 'waiting', owner: '', input, deadlineAt: this.#now() + job.timeoutMs });
  }

  async respond(id: string, responses: Readonly<Record<string, unknown>>): Promise<JobRecord | undefined> {
    const job = this.#jobs.get(id);
    if (job?.state !== 'waiting' || !job.input) return job;
    const answered = withResponses(job.input, responses);
    if (!answered) return job;
    const { input, isComplete } = answered;
    if (!isComplete) return this.#set(job, { input });
    return this.#set(job, { input, state: 'queued', deadlineAt: this.#now() + job.timeoutMs });
  }

  async finish(
    id: string,
    fence: number,
    end: JobEnd,
    progress: JobProgress,
    retentionMs: number,
  ): Promise<JobRecord | undefined> {
    const job = this.#running(id, fence);
    return job && this.#end({ ...job, ...progress, end }, end.state, retentionMs);
  }

  async release(owner: string, retentionMs: number): Promise<readonly JobRecord[]> {
    return this.#held(owner).map((job) => this.#giveUp(job, retentionMs));
  }

  async giveUp(id: string, fence: number, retentionMs: number): Promise<JobRecord | undefined> {
    const job = this.#running(id, fence);
    return job && this.#giveUp(job, retentionMs);
  }

  async cancel(id: string, retentionMs: number): Promise<JobCancellation | undefined> {
    const job = this.#jobs.get(id);
    if (job?.state === 'running') return { job: this.#set(job, { state: 'cancelling' }), isChanged: true };
    if (job?.state === 'queued' || job?.state === 'waiting') {
      return { job: this.#end(job, 'cancelled', retentionMs), isChanged: true };
    }
    return job && { job, isChanged: false };
  }

  async discard(id: string, fence: number): Promise<boolean> {
    return this.#jobs.get(id)?.fence === fence && this.#jobs.delete(id);
  }

  async reap(by: string, retentionMs: number): Promise<readonly JobRecord[]> {
    const now = this.#now();
    const lost = this.#all((job) => !isFinal(job) && job.owner !== '' && job.leaseUntil < now);
    const given = lost.map((job) => this.#giveUp({ ...job, owner: by }, retentionMs));
    const late = this.#all((job) => !isFinal(job) && job.deadlineAt < now);
    return [...given, ...late.map((job) => this.#end(job, 'expired', retentionMs, by))];
  }

  async reapedBy(by: string): Promise<readonly JobRecord[]> {
    return this.#all((job) => isFinal(job) && job.owner === by);
  }

  async postpone(ms: number): Promise<void> {
    for (const job of this.#jobs.values())
      if (!isFinal(job)) this.#jobs.set(job.id, { ...job, deadlineAt: job.deadlineAt + ms });
  }

  async keep(call: KeptCall, retentionMs: number): Promise<void> {
    const now = this.#now();
    const times = { endedAt: now, expiresAt: now + retentionMs };
    const known = this.#jobs.get(call.id);
    this.#set(known ?? endedCall(call, now), { ...call, ...times });
  }

  async prune(): Promise<readonly string[]> {
    const now = this.#now();
    const over = this.#all(({ expiresAt }) => expiresAt > 0 && expiresAt < now).map(({ id }) => id);
    for (const id of over) this.#jobs.delete(id);
    return over;
  }

  async pruneOutput({ maxBytes, maxBytesPerCaller }: OutputBounds): Promise<readonly string[]> {
    const ended = this.#all((job) => isFinal(job) && !job.outputRemoved).toSorted(
      (a, b) => b.endedAt - a.endedAt || (a.id < b.id ? 1 : -1),
    );
    let total = 0;
    const ofCaller = new Map<string, number>();
    const removed: string[] = [];
    for (const job of ended) {
      const bytes = job.stdoutBytes + job.stderrBytes;
      const own = (ofCaller.get(job.caller) ?? 0) + bytes;
      total += bytes;
      ofCaller.set(job.caller, own);
      if (bytes === 0 || (total <= maxBytes && own <= maxBytesPerCaller)) continue;
      this.#jobs.set(job.id, { ...job, outputRemoved: true });
      removed.push(job.id);
    }
    return removed;
  }

  async get(id: string): Promise<JobRecord | undefined> {
    return this.#jobs.get(id);
  }

  async list(query: { readonly states: readonly JobState[]; readonly limit: number }): Promise<readonly JobRecord[]> {
    return this.#all(({ state }) => query.states.includes(state))
      .toSorted((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1))
      .slice(0, query.limit);
  }

  async usage(): Promise<JobUsage> {
    const now = this.#now();
    const jobs = new Map<JobState, number>();
    let [outputBytes, queuedMs] = [0, 0];
    for (const { state, stdoutBytes, stderrBytes, outputRemoved, updatedAt } of this.#jobs.values()) {
      jobs.set(state, (jobs.get(state) ?? 0) + 1);
      if (!outputRemoved) outputBytes += stdoutBytes + stderrBytes;
      if (state === 'queued') queuedMs = Math.max(queuedMs, now - updatedAt);
    }
    return { jobs, outputBytes, queuedMs };
  }

  async nextDueMs(): Promise<number | undefined> {
    const due = [...this.#jobs.values()].flatMap((job) =>
      isFinal(job) ? [job.expiresAt] : [job.deadlineAt, ...(job.owner === '' ? [] : [job.leaseUntil])],
    );
    return due.length === 0 ? undefined : Math.max(0, Math.min(...due) - this.#now());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#jobs.clear();
  }

  #now(): number {
    return Math.trunc(this.#clock.epochMs());
  }

  #all(wanted: (job: JobRecord) => boolean): JobRecord[] {
    return [...this.#jobs.values()].filter(wanted);
  }

  #held(owner: string): JobRecord[] {
    return this.#all((job) => !isFinal(job) && job.owner === owner);
  }

  /** The job while this claim holds it. */
  #running(id: string, fence: number): JobRecord | undefined {
    const job = this.#jobs.get(id);
    return job?.fence === fence && job.owner !== '' && !isFinal(job) ? job : undefined;
  }

  #set(job: JobRecord, change: Partial<JobRecord>): JobRecord {
    const changed = { ...job, ...change, updatedAt: this.#now() };
    this.#jobs.set(job.id, changed);
    return changed;
  }

  /** Nobody knows how the run ended. */
  #giveUp(job: JobRecord, retentionMs: number): JobRecord {
    const again = job.repeatable && job.state === 'running' && job.starts < MAX_STARTS;
    if (!again) return this.#end(job, 'lost', retentionMs, job.owner);
    const deadlineAt = this.#now() + job.timeoutMs;
    return this.#set(job, { state: 'queued', owner: '', fence: job.fence + 1, leaseUntil: 0, deadlineAt });
  }

  #end(job: JobRecord, state: JobState, retentionMs: number, owner = ''): JobRecord {
    const now = this.#now();
    const times = { endedAt: now, expiresAt: now + retentionMs, leaseUntil: 0 };
    return this.#set(job, { state, owner, fence: job.fence + 1, input: undefined, ...times });
  }
}
