import type { FinishedCall } from './api/answers.ts';
import { ApiClient, ApiError, type BreakerAction } from './api/api-client.ts';
import { HISTORY_MS, type CallHistory } from './state/call-history.ts';
import type { Action } from './state/dashboard-state.ts';
import { eventLine, fieldsOf } from './state/event-line.ts';
import { EventStream, type StreamStatus } from './api/event-stream.ts';
import type { ServerClock } from './state/server-clock.ts';
import type { StreamMessage } from './api/sse-parser.ts';

export interface SessionOptions {
  readonly key: string;
  readonly history: CallHistory;
  readonly clock: ServerClock;
  readonly dispatch: (action: Action) => void;
}

const TOOLS_EVERY_MS = 4000;
const HEALTH_EVERY_MS = 10_000;
/** Events come in bursts; the figures are asked for once for all of them. */
const SETTLE_MS = 500;

const lockedOut: Readonly<Record<number, string>> = {
  401: 'The server does not accept this key.',
  403: 'This key may not read here: it needs the scope tools:read.',
};

/** From a key to a live picture: reads the past once, follows the events, and asks for the figures that events do not carry. */
export class Session implements Disposable {
  readonly #options: SessionOptions;
  readonly #api: ApiClient;
  readonly #stream: EventStream;
  readonly #timers: number[] = [];
  #settling: number | undefined;
  #asked = 0;
  #shown = 0;
  #ended = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#api = new ApiClient(options.key, (at) => options.clock.observe(at));
    this.#stream = new EventStream({
      open: (headers, signal) => this.#api.fetch('GET', 'events', headers, signal),
      onMessage: (message) => this.#heard(message),
      onStatus: (status) => this.#connection(status),
      time: {
        now: () => performance.now(),
        random: Math.random,
        wait: (ms, signal) => waitFor(ms, signal),
      },
    });
  }

  /** Asks for the tools first: whether the key is good is known before anything is shown. @throws ApiError */
  async start(): Promise<void> {
    const tools = await this.#api.tools();
    this.#dispatch({ type: 'unlock' });
    this.#dispatch({ type: 'tools', tools, now: performance.now() });
    void this.#stream.run();
    void this.#refreshHealth();
    void this.#readPast();
    this.#timers.push(
      setInterval(() => void this.#refreshTools(), TOOLS_EVERY_MS),
      setInterval(() => void this.#refreshHealth(), HEALTH_EVERY_MS),
    );
  }

  /** @throws ApiError */
  async switchTool(tool: string, enabled: boolean): Promise<void> {
    await this.#api.switchTool(tool, enabled);
    await this.#refreshTools();
  }

  /** @throws ApiError */
  async steerBreaker(tool: string, action: BreakerAction): Promise<void> {
    await this.#api.steerBreaker(tool, action);
    await this.#refreshTools();
  }

  reconnect(): void {
    this.#stream.retryNow();
  }

  [Symbol.dispose](): void {
    this.#ended = true;
    this.#stream.stop();
    for (const timer of this.#timers) clearInterval(timer);
    clearTimeout(this.#settling);
  }

  #dispatch(action: Action): void {
    if (!this.#ended) this.#options.dispatch(action);
  }

  #connection(status: StreamStatus): void {
    if (status.status === 'refused') return this.#lockedOut(status.httpStatus);
    this.#dispatch({ type: 'connection', status });
    if (status.status === 'live') void this.#refreshTools();
  }

  #heard(message: StreamMessage): void {
    const { history, clock } = this.#options;
    if (message.type === 'call.finished') history.add(fieldsOf(message.data) as unknown as FinishedCall);
    if (message.type === 'stream.gap') void this.#readPast();
    if (message.type === 'health.changed') void this.#refreshHealth();
    const line = eventLine(message, clock.now());
    if (line) this.#dispatch({ type: 'line', line });
    this.#settling ??= setTimeout(() => {
      this.#settling = undefined;
      void this.#refreshTools();
    }, SETTLE_MS);
  }

  async #readPast(): Promise<void> {
    const { history, clock } = this.#options;
    history.beginRefill();
    try {
      history.finishRefill(await this.#api.callsSince(clock.now() - HISTORY_MS, clock.now()));
    } catch (error) {
      history.giveUpRefill(clock.now());
      this.#failed(error);
    }
  }

  async #refreshTools(): Promise<void> {
    const turn = ++this.#asked;
    try {
      const tools = await this.#api.tools();
      // An answer that was overtaken by a later one shows what is no longer so.
      if (turn < this.#shown) return;
      this.#shown = turn;
      this.#dispatch({ type: 'tools', tools, now: performance.now() });
    } catch (error) {
      this.#failed(error);
    }
  }

  async #refreshHealth(): Promise<void> {
    try {
      this.#dispatch({ type: 'health', health: await this.#api.health() });
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    if (!(error instanceof ApiError)) throw error;
    if (error.status in lockedOut) return this.#lockedOut(error.status);
    this.#dispatch({ type: 'trouble', text: error.message });
  }

  #lockedOut(status: number): void {
    this.#dispatch({ type: 'lock', refusal: refusalText(status) });
    this[Symbol.dispose]();
  }
}

/** @returns what to tell someone whose key was answered with this status */
export function refusalText(status: number): string {
  return lockedOut[status] ?? `The server answered ${status}.`;
}

function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    if (signal.aborted) done();
    else signal.addEventListener('abort', done);
  });
}
