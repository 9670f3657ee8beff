import type { JobEnd, JobInput, JobOrder, JobProgress, JobRecord, JobState } from '../record/job-record.ts';
import type { KeptCall } from '../record/new-record.ts';

export interface JobQuota {
  /** Open jobs of one caller. */
  readonly perCaller: number;
  /** Queued jobs of all callers. */
  readonly maxQueued: number;
}

export type JobCreation =
  | { readonly kind: 'created' | 'existing'; readonly job: JobRecord }
  /** The key was used with other arguments. */
  | { readonly kind: 'mismatch' }
  | { readonly kind: 'caller_full' | 'queue_full' };

export interface JobCancellation {
  /** As it is now. */
  readonly job: JobRecord;
  /** Whether this step changed it. */
  readonly isChanged: boolean;
}

/** What the store holds now. */
export interface JobUsage {
  /** Kept jobs, ended ones included. */
  readonly jobs: ReadonlyMap<JobState, number>;
  /** Bytes of output that was not removed. */
  readonly outputBytes: number;
  /** How long the first of the queued jobs has waited; 0 for an empty queue. */
  readonly queuedMs: number;
}

/** Reports changes until it is disposed. */
export interface ChangeListener extends AsyncDisposable {
  /** Whether changes are reported now; they may be missing for a while. */
  readonly isLive: boolean;
}

/** What is reported of jobs that any process changed. */
export interface ChangeHandlers {
  readonly changed: (id: string) => void;
  /** There may be something to start. */
  readonly queued: () => void;
  /** From now on changes are reported; some may be missing that were made before. */
  readonly begun: () => void;
  /** Changes cannot be reported, as behind a pooler in transaction mode. Called once. */
  readonly unavailable: () => void;
}

export interface HeldJob {
  readonly id: string;
  readonly fence: number;
  readonly state: JobState;
}

/** Bytes of output of ended jobs; beyond, that of the jobs that ended first is removed. */
export interface OutputBounds {
  readonly maxBytes: number;
  readonly maxBytesPerCaller: number;
}

/** A runner and how long it holds what it takes. */
export interface Lease {
  readonly owner: string;
  readonly leaseMs: number;
}

/**
 * Where jobs are kept. Every method is one atomic step, and decides by the clock of the store. Whoever writes for a run gives
 * the fence of its claim: once the job has changed hands, the write does nothing and nothing is returned.
 */
export interface JobStore extends AsyncDisposable {
  readonly kind: 'memory' | 'sqlite' | 'postgres';
  /** Whether other processes may use it too. */
  readonly isShared: boolean;
  /** Only of a store that is shared. */
  readonly listen?: ((handlers: ChangeHandlers) => ChangeListener) | undefined;
  create(order: JobOrder, quota: JobQuota): Promise<JobCreation>;
  /** Takes the next queued job, of tools that are not `busy`: one start more and a new fence. */
  claim(lease: Lease, busy: readonly string[]): Promise<JobRecord | undefined>;
  /** Extends the lease of everything that the runner holds. @returns what it holds */
  renew(lease: Lease): Promise<readonly HeldJob[]>;
  /** @returns the job as it is now */
  report(id: string, fence: number, progress: JobProgress): Promise<JobRecord | undefined>;
  /** The run ended to wait for its client. A job that is being cancelled is cancelled instead. @returns the job as it is now */
  wait(id: string, fence: number, input: JobInput, retentionMs: number): Promise<JobRecord | undefined>;
  /** Responses of the client; unknown keys are ignored. With the last one the job is queued again. */
  respond(id: string, responses: Readonly<Record<string, unknown>>): Promise<JobRecord | undefined>;
  /** The first end counts. @returns the job as it is now */
  finish(
    id: string,
    fence: number,
    end: JobEnd,
    progress: JobProgress,
    retentionMs: number,
  ): Promise<JobRecord | undefined>;
  /** Gives back everything that the runner holds, as if its leases had ended; it stays the owner of what that ends. @returns the jobs as they are now */
  release(owner: string, retentionMs: number): Promise<readonly JobRecord[]>;
  /** Gives one job back that a run of this claim ended without knowing its end. @returns the job as it is now */
  giveUp(id: string, fence: number, retentionMs: number): Promise<JobRecord | undefined>;
  /** Cancels what does not run; what runs is marked. */
  cancel(id: string, retentionMs: number): Promise<JobCancellation | undefined>;
  /** Removes a job that its caller was answered without. */
  discard(id: string, fence: number): Promise<boolean>;
  /**
   * Ends or requeues jobs whose lease has ended, and expires those past their deadline.
   *
   * @param by who does it: kept as the owner of those it ends
   * @returns the jobs it changed
   */
  reap(by: string, retentionMs: number): Promise<readonly JobRecord[]>;
  /** The jobs that {@link reap} has ended in this name. */
  reapedBy(by: string): Promise<readonly JobRecord[]>;
  /** Gives every open job so much more time: its clock went forward while nobody could work, or never was right. */
  postpone(ms: number): Promise<void>;
  /** Makes a job that has ended, without a result; called again for the same one, only its bytes and its end are changed. */
  keep(call: KeptCall, retentionMs: number): Promise<void>;
  /** Removes jobs past their retention. @returns their ids */
  prune(): Promise<readonly string[]>;
  /** Marks the output beyond the bounds as removed. @returns the ids of the jobs */
  pruneOutput(bounds: OutputBounds): Promise<readonly string[]>;
  get(id: string): Promise<JobRecord | undefined>;
  /** Newest first, 1 to 1000. */
  list(query: { readonly states: readonly JobState[]; readonly limit: number }): Promise<readonly JobRecord[]>;
  usage(): Promise<JobUsage>;
  /** When `reap` or `prune` has something to do next, by the clock of the store, from now on in milliseconds. */
  nextDueMs(): Promise<number | undefined>;
}
