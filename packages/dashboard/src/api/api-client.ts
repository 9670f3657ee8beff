import type {
  ApprovalAnswer,
  CallerAnswer,
  CallResultAnswer,
  ConfigurationAnswer,
  ExecutionAnswer,
  ExecutionsAnswer,
  FinishedCall,
  HealthAnswer,
  JobAnswer,
  JobDetailsAnswer,
  LinksAnswer,
  RestApiAnswer,
  RestApiDetailsAnswer,
  ToolAnswer,
  ToolDetailsAnswer,
  UpstreamAnswer,
  UpstreamChangeAnswer,
  UpstreamDetailsAnswer,
} from './answers.ts';

/** An error response of the server, or no response at all. */
export class ApiError extends Error {
  /** HTTP status; 0 when there was no response. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
  }
}

export interface PastCalls {
  /** Newest first. */
  readonly calls: readonly FinishedCall[];
  /** All calls since then are among them; -Infinity when there are no older ones. */
  readonly knownSince: number;
}

type Method = 'GET' | 'POST' | 'DELETE';

export type BreakerAction = 'open' | 'close' | 'reset';
export type UpstreamAction = 'enable' | 'disable' | 'restart';

const CALLS_PER_PAGE = 1000;
const MAX_PAGES = 10;
/** In `tool` of entries about refused credentials, which are no calls. */
const NO_TOOL = '__none__';
export const CALLS_OF_ONE_TOOL = 200;
const OPEN_JOBS = 500;
const ENDED_JOBS = 100;

/** The routes of the server that this page came from, called with the operator's key. */
export class ApiClient {
  readonly #key: string;
  readonly #onServerTime: (epochMs: number) => void;

  /** @param key '' for a server without authentication */
  constructor(key: string, onServerTime: (epochMs: number) => void) {
    this.#key = key;
    this.#onServerTime = onServerTime;
  }

  /** @throws {ApiError} */
  async tools(): Promise<readonly ToolAnswer[]> {
    const { tools } = (await this.#json('GET', 'tools')) as { tools: readonly ToolAnswer[] };
    return tools;
  }

  /** @throws {ApiError} */
  async caller(): Promise<CallerAnswer> {
    return (await this.#json('GET', 'caller')) as CallerAnswer;
  }

  /** @throws {ApiError} */
  async links(): Promise<LinksAnswer> {
    return (await this.#json('GET', 'links')) as LinksAnswer;
  }

  /** @throws {ApiError} */
  async toolDetails(tool: string): Promise<ToolDetailsAnswer> {
    return (await this.#json('GET', `tools/${tool}`)) as ToolDetailsAnswer;
  }

  /** @throws {ApiError} */
  async configuration(): Promise<ConfigurationAnswer> {
    return (await this.#json('GET', 'config')) as ConfigurationAnswer;
  }

  /** @throws {ApiError} whose message has every problem when the reload is rejected */
  async reloadConfiguration(): Promise<void> {
    await this.#json('POST', 'config/reload');
  }

  /** @throws {ApiError} when the call failed or was rejected */
  async call(tool: string, values: object): Promise<CallResultAnswer> {
    return (await this.#json('POST', `tools/${tool}/execute`, { arguments: values })) as CallResultAnswer;
  }

  /** The last calls of a tool, newest first. @throws {ApiError} */
  async callsOf(tool: string, options: { readonly until?: number } = {}): Promise<readonly ExecutionAnswer[]> {
    const until = options.until === undefined ? '' : `&until=${options.until}`;
    const path = `executions?limit=${CALLS_OF_ONE_TOOL}&tool=${encodeURIComponent(tool)}${until}`;
    return ((await this.#json('GET', path)) as ExecutionsAnswer).entries;
  }

  /** The open jobs and the last ended ones, each newest first. @throws {ApiError} */
  async jobs(): Promise<readonly JobAnswer[]> {
    const queries = [`state=open&limit=${OPEN_JOBS}`, `state=ended&limit=${ENDED_JOBS}`];
    const pages = await Promise.all(queries.map((query) => this.#json('GET', `executions?${query}`)));
    return pages.flatMap((page) => (page as { readonly entries: readonly JobAnswer[] }).entries);
  }

  /** @throws {ApiError} */
  async job(id: string): Promise<JobDetailsAnswer> {
    return (await this.#json('GET', `executions/${id}`)) as JobDetailsAnswer;
  }

  /** @throws {ApiError} */
  async cancelJob(id: string): Promise<void> {
    await this.#json('DELETE', `executions/${id}`);
  }

  /** Oldest first; needs the scope `approvals`. @throws {ApiError} */
  async approvals(): Promise<readonly ApprovalAnswer[]> {
    const { approvals } = (await this.#json('GET', 'approvals')) as { approvals: readonly ApprovalAnswer[] };
    return approvals;
  }

  /** @throws {ApiError} */
  async decideApproval(id: string, decision: 'approve' | 'deny'): Promise<void> {
    await this.#json('POST', `approvals/${id}/${decision}`);
  }

  /** @throws {ApiError} */
  async upstreams(): Promise<readonly UpstreamAnswer[]> {
    return ((await this.#json('GET', 'upstreams')) as { readonly upstreams: readonly UpstreamAnswer[] }).upstreams;
  }

  /** @throws {ApiError} */
  async upstream(key: string): Promise<UpstreamDetailsAnswer> {
    return (await this.#json('GET', `upstreams/${key}`)) as UpstreamDetailsAnswer;
  }

  /** Only with the scope `admin`. @throws {ApiError} */
  async upstreamChanges(key: string): Promise<readonly UpstreamChangeAnswer[]> {
    const { changes } = (await this.#json('GET', `upstreams/${key}/diff`)) as { changes: UpstreamChangeAnswer[] };
    return changes;
  }

  /** @throws {ApiError} */
  async approveChange(key: string, { kind, name }: Pick<UpstreamChangeAnswer, 'kind' | 'name'>): Promise<void> {
    await this.#json('POST', `upstreams/${key}/${kind}s/${name}/approve`);
  }

  /** @throws {ApiError} */
  async operateUpstream(key: string, action: UpstreamAction): Promise<void> {
    await this.#json('POST', `upstreams/${key}/${action}`);
  }

  /** @throws {ApiError} */
  async restApis(): Promise<readonly RestApiAnswer[]> {
    return ((await this.#json('GET', 'apis')) as { readonly apis: readonly RestApiAnswer[] }).apis;
  }

  /** @throws {ApiError} */
  async restApi(key: string): Promise<RestApiDetailsAnswer> {
    return (await this.#json('GET', `apis/${key}`)) as RestApiDetailsAnswer;
  }

  /** @throws {ApiError} */
  async health(): Promise<HealthAnswer> {
    // An unhealthy server responds with 503 and the same body.
    const response = await this.fetch('GET', 'health', {});
    if (response.ok || response.status === 503) return (await response.json()) as HealthAnswer;
    throw await errorOf(response);
  }

  /** @throws {ApiError} */
  async setEnabled(tool: string, enabled: boolean): Promise<void> {
    await this.#json('POST', `tools/${tool}/${enabled ? 'enable' : 'disable'}`);
  }

  /** @throws {ApiError} */
  async setBreaker(tool: string, action: BreakerAction): Promise<void> {
    await this.#json('POST', `tools/${tool}/breaker/${action}`);
  }

  /**
   * Calls that ended at `since` or later, as far as the audit log and a bounded number of pages reach.
   * @throws {ApiError}
   */
  async callsSince(since: number, now: number): Promise<PastCalls> {
    const calls: FinishedCall[] = [];
    let before = '';
    for (let page = 0; page < MAX_PAGES; page++) {
      const query = `?limit=${CALLS_PER_PAGE}${before}`;
      const { entries, complete, next } = (await this.#json('GET', `executions${query}`)) as ExecutionsAnswer;
      calls.push(...entries.filter(({ tool }) => tool !== NO_TOOL));
      const oldest = entries.at(-1)?.at ?? now;
      if (!complete) return { calls, knownSince: now };
      if (next === undefined || oldest < since) return { calls, knownSince: Number.NEGATIVE_INFINITY };
      before = `&before=${encodeURIComponent(next)}`;
    }
    return { calls, knownSince: calls.at(-1)?.at ?? now };
  }

  /** @throws {ApiError} only when there is no response at all */
  async fetch(
    method: Method,
    path: string,
    headers: Record<string, string>,
    { signal, body }: { readonly signal?: AbortSignal; readonly body?: string } = {},
  ): Promise<Response> {
    const authorization = this.#key === '' ? undefined : `Bearer ${this.#key}`;
    // Behind a proxy the address of the page may end in a path.
    const url = new URL(path, document.baseURI);
    try {
      const response = await fetch(url, {
        method,
        headers: { accept: 'application/json', ...headers, ...(authorization !== undefined && { authorization }) },
        cache: 'no-store',
        credentials: 'omit',
        redirect: 'error',
        ...(signal && { signal }),
        ...(body !== undefined && { body }),
      });
      const date = Date.parse(response.headers.get('date') ?? '');
      if (!Number.isNaN(date)) this.#onServerTime(date);
      return response;
    } catch {
      throw new ApiError(0, 'The server cannot be reached.');
    }
  }

  async #json(method: Method, path: string, body?: object): Promise<unknown> {
    const response = await (body === undefined
      ? this.fetch(method, path, {})
      : this.fetch(method, path, { 'content-type': 'application/json' }, { body: JSON.stringify(body) }));
    if (!response.ok) throw await errorOf(response);
    return response.json();
  }
}

async function errorOf(response: Response): Promise<ApiError> {
  const problem = (await response.json().catch(() => ({}))) as { detail?: unknown; suggestion?: unknown };
  const sentences = [problem.detail, problem.suggestion].filter((text) => typeof text === 'string');
  return new ApiError(response.status, sentences.join(' ') || `The server responded with ${response.status}.`);
}
