import type { FinishedCall } from './api/answers.ts';
import { ApiClient, ApiError } from './api/api-client.ts';
import { EventStream, type StreamStatus } from './api/event-stream.ts';
import type { ServerClock } from './api/server-clock.ts';
import type { StreamMessage } from './api/sse-parser.ts';
import type { Clock } from './clock.ts';
import { HISTORY_MS, type CallHistory } from './state/call-history.ts';
import { isAdmin, type Action } from './state/dashboard-state.ts';
import { eventLine, fieldsOf } from './state/event-line.ts';
import { isOpenJob } from './state/job-list.ts';
import { actionOf } from './state/event-action.ts';

export interface SessionOptions {
  readonly key: string;
  readonly history: CallHistory;
  readonly clock: Clock;
  readonly serverClock: ServerClock;
  readonly dispatch: (action: Action) => void;
}

const TOOLS_INTERVAL_MS = 4000;
const HEALTH_INTERVAL_MS = 10_000;
/** While jobs are open: their last lines and bytes come with no event. */
const JOBS_INTERVAL_MS = 2000;
/** Events after which the upstreams may differ from what is shown. */
const CHANGES_UPSTREAMS: ReadonlySet<string> = new Set([
  'upstream.changed',
  'upstream.pending',
  'tool.changed',
  'config.reloaded',
  'stream.gap',
]);
/** Events after which the REST APIs may differ from what is shown; what their requests came to comes with no event. */
const CHANGES_REST_APIS: ReadonlySet<string> = new Set([
  'api.changed',
  'breaker.changed',
  'config.reloaded',
  'stream.gap',
]);
const REST_APIS_INTERVAL_MS = 5000;
/** Events come in bursts; one request serves all of them. */
const DEBOUNCE_MS = 500;

const keyErrors: Readonly<Record<number, string>> = {
  401: 'The server does not accept this key.',
  403: 'This key cannot open the dashboard: it needs the scope tools:read.',
};

/** It was accepted when the page was opened with it. */
const KEY_REVOKED = 'The server no longer accepts the key that was in use. Enter another.';

/** The state of the page for one key: loads the past once, follows the events, and polls what events do not carry. */
export class Session implements Disposable {
  readonly #options: SessionOptions;
  readonly api: ApiClient;
  readonly #stream: EventStream;
  readonly #timers = new Map<string, Disposable>();
  #requests = 0;
  #shown = 0;
  /** Counts events that a response under way may not contain. */
  #changes = 0;
  #isAdmin = false;
  #hasOpenJobs = false;
  #hasRestApis = false;
  #mayApprove = false;
  /** Only with the scope `admin`, which the route needs. */
  #watchesReload = false;
  #ended = false;

  constructor(options: SessionOptions) {
    const { key, clock, serverClock } = options;
    this.#options = options;
    this.api = new ApiClient(key, (epochMs) => serverClock.observe(epochMs));
    this.#stream = new EventStream({
      open: (headers, signal) => this.api.fetch('GET', 'events', headers, { signal }),
      onMessage: (message) => this.#onMessage(message),
      onStatus: (status) => this.#onStatus(status),
      clock,
    });
  }

  /** The tools come first: whether the key is accepted is known before anything is shown. @throws {ApiError} */
  async start(): Promise<void> {
    const [tools, caller, links] = await Promise.all([this.api.tools(), this.api.caller(), this.api.links()]);
    this.#dispatch({ type: 'unlock' });
    this.#dispatch({ type: 'caller', caller });
    this.#dispatch({ type: 'links', links });
    this.#dispatch({ type: 'tools', tools, now: this.#options.clock.monotonicMs() });
    void this.#stream.run();
    void this.#loadHistory();
    this.#isAdmin = isAdmin({ caller });
    this.#watchesReload = this.#isAdmin;
    this.#mayApprove = caller.scopes.includes('approvals');
    this.#repeat('health', HEALTH_INTERVAL_MS, () => this.#refreshHealth());
    this.#repeat('tools', TOOLS_INTERVAL_MS, () => this.refreshTools());
    this.#repeat('jobs', JOBS_INTERVAL_MS, async () => this.#hasOpenJobs && (await this.refreshJobs()));
    this.#repeat('rest apis', REST_APIS_INTERVAL_MS, async () => this.#hasRestApis && (await this.refreshRestApis()));
    void this.#refreshHealth();
    void this.refreshJobs();
    void this.refreshApprovals();
    void this.refreshUpstreams();
    void this.refreshRestApis();
  }

  reconnect(): void {
    this.#stream.retryNow();
  }

  [Symbol.dispose](): void {
    this.#ended = true;
    this.#stream.stop();
    for (const timer of this.#timers.values()) timer[Symbol.dispose]();
    this.#timers.clear();
  }

  #repeat(name: string, intervalMs: number, work: () => Promise<unknown>): void {
    if (this.#ended) return;
    const timer = this.#options.clock.setTimer(intervalMs, () => {
      void work();
      this.#repeat(name, intervalMs, work);
    });
    this.#timers.set(name, timer);
  }

  #dispatch(action: Action): void {
    if (!this.#ended) this.#options.dispatch(action);
  }

  #onStatus(status: StreamStatus): void {
    if (status.status === 'rejected') return this.#lock(status.httpStatus);
    this.#dispatch({ type: 'connection', status });
    if (status.status === 'live') void this.refreshTools();
  }

  #onMessage(message: StreamMessage): void {
    const { history, clock, serverClock } = this.#options;
    const { type, data } = message;
    const fields = fieldsOf(data);
    if (type === 'call.finished') history.add(fields as unknown as FinishedCall);
    if (type === 'stream.gap') void this.#loadHistory();
    if (type === 'job.changed' || type === 'stream.gap') this.#refreshSoon('jobs soon', this.refreshJobs);
    if (type.startsWith('approval.') || type === 'stream.gap') {
      this.#refreshSoon('approvals soon', this.refreshApprovals);
    }
    if (CHANGES_UPSTREAMS.has(type)) this.#refreshSoon('upstreams soon', this.refreshUpstreams);
    if (CHANGES_REST_APIS.has(type)) this.#refreshSoon('rest apis soon', this.refreshRestApis);
    if (type === 'health.changed') void this.#refreshHealth();
    if (type === 'config.rejected') this.#watchesReload = this.#isAdmin;
    const action = actionOf(type, fields, clock.monotonicMs());
    if (action) this.#dispatch(action);
    // Everything else about a tool is in the list of tools only.
    if (type === 'tool.changed' || type === 'config.reloaded') this.#refreshSoon('tools soon', this.refreshTools);
    if (type !== 'call.started' && type !== 'call.finished') this.#changes++;
    const line = eventLine(message, serverClock.epochMs());
    if (line) this.#dispatch({ type: 'line', line });
  }

  async #loadHistory(): Promise<void> {
    const { history, serverClock } = this.#options;
    history.beginRefill();
    try {
      const now = serverClock.epochMs();
      history.finishRefill(await this.api.callsSince(now - HISTORY_MS, now));
    } catch (error) {
      history.failRefill(serverClock.epochMs());
      this.#fail(error);
    }
  }

  #refreshSoon(name: string, refresh: () => Promise<void>): void {
    if (this.#timers.has(name) || this.#ended) return;
    const timer = this.#options.clock.setTimer(DEBOUNCE_MS, () => {
      this.#timers.delete(name);
      void refresh();
    });
    this.#timers.set(name, timer);
  }

  /** Never rejects. An arrow function, so that it can be passed on alone. */
  readonly refreshTools = async (): Promise<void> => {
    const request = ++this.#requests;
    const changes = this.#changes;
    try {
      const tools = await this.api.tools();
      this.#stream.serverAnswered();
      // A response that a later one overtook is out of date.
      if (request < this.#shown) return;
      this.#shown = request;
      this.#dispatch({ type: 'tools', tools, now: this.#options.clock.monotonicMs() });
      if (changes !== this.#changes) this.#refreshSoon('tools soon', this.refreshTools);
    } catch (error) {
      this.#fail(error);
    }
  };

  readonly refreshJobs = this.#refresher(async () => {
    const jobs = await this.api.jobs();
    this.#hasOpenJobs = jobs.some(isOpenJob);
    this.#dispatch({ type: 'jobs', jobs });
  });

  readonly refreshApprovals = this.#refresher(async () => {
    if (this.#mayApprove) this.#dispatch({ type: 'approvals', approvals: await this.api.approvals() });
  });

  readonly refreshUpstreams = this.#refresher(async () => {
    this.#dispatch({ type: 'upstreams', upstreams: await this.api.upstreams() });
  });

  readonly refreshRestApis = this.#refresher(async () => {
    const restApis = await this.api.restApis();
    this.#hasRestApis = restApis.length > 0;
    this.#dispatch({ type: 'restApis', restApis });
  });

  readonly #refreshHealth = this.#refresher(async () => {
    this.#dispatch({ type: 'health', health: await this.api.health() });
    if (this.#watchesReload) await this.#refreshReload();
  });

  /** A request that never rejects, and can be passed on alone. */
  #refresher(request: () => Promise<void>): () => Promise<void> {
    return () => request().catch((error: unknown) => this.#fail(error));
  }

  /** A reload that succeeds without a change sends no event, so one that was rejected is watched until then. */
  async #refreshReload(): Promise<void> {
    const { rejectedReload } = await this.api.configuration();
    this.#watchesReload = rejectedReload !== null;
    this.#dispatch({ type: 'reload', problems: rejectedReload?.problems.map(({ message }) => message) ?? [] });
  }

  #fail(error: unknown): void {
    if (!(error instanceof ApiError)) throw error;
    if (error.status in keyErrors) return this.#lock(error.status);
    this.#dispatch({ type: 'problem', text: error.message });
  }

  #lock(status: number): void {
    const keyError = status === 401 ? KEY_REVOKED : keyErrorText(status, this.#options.key);
    this.#dispatch({ type: 'lock', keyError });
    this[Symbol.dispose]();
  }
}

/** @returns what to show when the server rejected the key with this status */
export function keyErrorText(status: number, key: string): string {
  if (status === 401 && key === '') return 'This server requires a key. Enter one.';
  return keyErrors[status] ?? `The server responded with ${status}.`;
}
