/** Calls whose result is not waited for: checked like any other, then kept as a job that runs through the same pipeline. */
import { ToolError, type ClientInput, type Tool, type ToolRegistry, type ToolResult } from '@mcp/tool-base';

import { mayCall, type Principal } from '../access/principal.ts';
import { isJobId } from '../jobs/record/job-id.ts';
import type { JobInput, JobOrder, JobRecord, JobState } from '../jobs/record/job-record.ts';
import type { ExecuteJob, JobObserver } from '../jobs/runs/job-run.ts';
import type { JobCreation } from '../jobs/stores/job-store.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { StoreUnavailableError } from '../jobs/store-failures.ts';
import type { ToolCallRequest } from './tool-call-request.ts';
import type { ToolGateway } from './tool-gateway.ts';

export interface JobRequest extends ToolCallRequest {
  /** 1 to 128 visible characters. */
  readonly idempotencyKey?: string | undefined;
  /** What the client can be asked for while the job runs, as it declared it. */
  readonly capabilities?: unknown;
  /** What the client answered before. */
  readonly input?: JobInput | undefined;
}

/** A tool whose runs can be jobs. */
export type JobTool = Tool & { readonly job: NonNullable<Tool['job']> };

/** What the run of a job asks its client for. The run ends there; it is repeated with the responses. */
export interface JobInputRequests {
  readonly clientInput: ClientInput;
  pending(): Promise<JobInput>;
}

export type JobStart =
  | { readonly kind: 'job'; readonly job: JobRecord }
  /** Refused before anything was started; the result says why. */
  | {
      readonly kind: 'refused';
      readonly result: ToolResult;
      readonly reason?: 'quota' | 'idempotency_mismatch' | 'store_unavailable';
    };

/** Loads the jobs with the first tool that needs them. */
export type LoadJobs = () => Promise<Jobs>;

export const IDEMPOTENCY_KEY: RegExp = /^[\x21-\x7e]{1,128}$/;
const RETRY_AFTER_MS = 5000;

export class JobCalls {
  readonly #gateway: ToolGateway;
  readonly #load: LoadJobs;
  readonly #hasOutputFolder: () => boolean;

  /** @param hasOutputFolder whether output of calls is kept even while no tool has jobs. @default never */
  constructor(gateway: ToolGateway, load: LoadJobs, hasOutputFolder: () => boolean = () => false) {
    this.#gateway = gateway;
    this.#load = load;
    this.#hasOutputFolder = hasOutputFolder;
  }

  /** Whether anything is kept that can be read by its id: jobs, or output that the result of a call was too small for. */
  get isNeeded(): boolean {
    return this.#hasOutputFolder() || this.#gateway.registry.list().some(({ job }) => job !== undefined);
  }

  /** The tool, where its runs can be jobs and the caller may call it. */
  toolWithJobs(name: string, principal: Principal): JobTool | undefined {
    const tool = this.#gateway.registry.get(name);
    return tool?.job !== undefined && mayCall(principal, name) ? (tool as JobTool) : undefined;
  }

  /** Whether any tool that the caller may call has jobs. */
  isOfferedTo(principal: Principal): boolean {
    return this.#gateway.registry.list().some(({ name }) => this.toolWithJobs(name, principal) !== undefined);
  }

  /** Whether output may be kept for this caller. */
  isOutputOfferedTo(principal: Principal): boolean {
    return this.isNeeded && this.#gateway.registry.list().some(({ name }) => mayCall(principal, name));
  }

  /**
   * @param request of a tool with jobs
   * @param observer is notified of what the run reports
   */
  async start(request: JobRequest, observer?: JobObserver): Promise<JobStart> {
    const checked = await this.#gateway.check(request);
    if (!('definition' in checked)) return { kind: 'refused', result: checked };
    const { job: limits } = checked;
    if (!limits) throw new Error('A job was started for a tool without jobs.');
    const jobs = await this.#load();
    const order = {
      tool: checked.name,
      caller: request.principal.name,
      // The check has found an object or nothing.
      arguments: (request.arguments ?? {}) as JobOrder['arguments'],
      timeoutMs: Math.min(request.timeoutMs ?? limits.timeoutMs, limits.timeoutMs),
      maxOutputBytes: limits.maxOutputBytes,
      repeatable: limits.rerun === 'ifIdempotent',
      idempotencyKey: request.idempotencyKey,
      capabilities: request.capabilities,
      input: request.input,
    };
    const created = await createOrNot(jobs, order, observer);
    if (created instanceof StoreUnavailableError) {
      const failure = created.isUntouched ? NOT_STARTED : NOT_KNOWN;
      return this.#refused(request, 'store_unavailable', { type: 'unavailable', ...failure });
    }
    switch (created.kind) {
      case 'created':
      case 'existing':
        return { kind: 'job', job: created.job };
      case 'mismatch':
        return this.#refused(request, 'idempotency_mismatch', {
          type: 'validation_error',
          message: 'This idempotency key was used with other arguments.',
          suggestion: 'Use a new key for a new call, or send the arguments of the first one.',
        });
      case 'caller_full':
        return this.#refused(request, 'quota', {
          type: 'resource_exhausted',
          message: 'This caller has as many open jobs as it may have.',
          suggestion: 'Wait until one of them has ended, or cancel one; the operator may raise jobs.perCaller.',
          retryAfterMs: RETRY_AFTER_MS,
        });
      case 'queue_full':
        return this.#refused(request, 'quota', {
          type: 'resource_exhausted',
          message: 'The queue of jobs is full.',
          suggestion: 'Start the job later; the operator may raise jobs.maxQueued.',
          retryAfterMs: RETRY_AFTER_MS,
        });
    }
  }

  /**
   * The job of this id, for its caller and for administrators, while they may call its tool. What is foreign, expired or was never
   * there looks the same.
   */
  async find(id: unknown, principal: Principal): Promise<JobRecord | undefined> {
    if (!isJobId(id) || !this.isNeeded) return undefined;
    const job = await (await this.#load()).get(id);
    if (!job) return undefined;
    const isOwner = job.caller === principal.name && mayCall(principal, job.tool);
    return isOwner || principal.scopes.includes('admin') ? job : undefined;
  }

  /** Newest first. */
  async list(states: readonly JobState[], limit: number): Promise<readonly JobRecord[]> {
    return this.isNeeded ? (await this.#load()).list(states, limit) : [];
  }

  /** Opens them if no call did before. @throws {StartError} when their folder cannot be used */
  jobs(): Promise<Jobs> {
    return this.#load();
  }

  #refused(
    request: JobRequest,
    reason: NonNullable<Extract<JobStart, { kind: 'refused' }>['reason']>,
    {
      type,
      message,
      ...extras
    }: {
      readonly type: 'validation_error' | 'resource_exhausted' | 'unavailable';
      readonly message: string;
      readonly suggestion: string;
      readonly retryAfterMs?: number;
    },
  ): JobStart {
    return { kind: 'refused', reason, result: this.#gateway.reject(request, new ToolError(type, message, extras)) };
  }
}

const NOT_STARTED = {
  message: 'The store of jobs does not answer, so the job was not started.',
  suggestion: 'Start it again in a few seconds.',
  retryAfterMs: RETRY_AFTER_MS,
};
const NOT_KNOWN = {
  message: 'The store of jobs does not answer, so it is not known whether the job was started.',
  suggestion:
    'Repeat it in a few seconds with the same idempotency key; without one, see first whether it had an effect.',
  retryAfterMs: RETRY_AFTER_MS,
};

async function createOrNot(
  jobs: Jobs,
  ...order: Parameters<Jobs['create']>
): Promise<JobCreation | StoreUnavailableError> {
  try {
    return await jobs.create(...order);
  } catch (error) {
    if (error instanceof StoreUnavailableError) return error;
    throw error;
  }
}

/** Runs jobs through the gateway. Scopes were checked when the job was created; only the name of its caller was kept. */
export function executeThrough(
  gateway: ToolGateway,
  inputRequestsOf: (job: JobRecord) => JobInputRequests,
): ExecuteJob {
  return async ({ job, log, abortController, allowance, onProgress }) => {
    const requests = inputRequestsOf(job);
    const result = await gateway.runJob({
      name: job.tool,
      arguments: job.arguments,
      principal: { name: job.caller, scopes: [] },
      correlationId: job.id,
      clientInput: requests.clientInput,
      abortController,
      allowance,
      onProgress,
      ...(log && { log }),
    });
    return result.awaitingInput ? { input: await requests.pending() } : result;
  };
}

/** Tools all of whose slots are taken, by jobs or by calls. */
export function busyTools(registry: ToolRegistry): readonly string[] {
  return registry
    .list()
    .filter(({ job, running, limits }) => job !== undefined && running >= limits.concurrency)
    .map(({ name }) => name);
}
