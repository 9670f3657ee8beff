/**
 * A tool call that the fast path began and the SDK finishes: it has to wait, it logs, it asks the client for input, or its
 * result is more than text. The call runs once; the SDK's handler joins it instead of starting one of its own.
 */
import type { CallLog, LogFields, ToolResult } from '@mcp/tool-base';

import type { ClientInputRequests } from '../client-input/client-input-requests.ts';

type Level = keyof CallLog;

interface LogEntry {
  readonly level: Level;
  readonly message: string;
  readonly fields: LogFields | undefined;
}

/** Until the SDK joins, which it does soon; what is logged beyond is dropped. */
const MAX_BUFFERED = 1000;

export class DeferredCall implements CallLog {
  readonly inputRequests: ClientInputRequests;
  /** Aborted when the client cancels the call or disconnects. */
  readonly abortController: AbortController = new AbortController();
  /** Set as soon as the call has been started. */
  result: Promise<ToolResult> | undefined;
  readonly #onLog: () => void;
  #buffered: LogEntry[] | undefined;
  #log: CallLog | undefined;
  #taken = false;

  /** @param onLog called once, when the tool logs for the first time */
  constructor(inputRequests: ClientInputRequests, onLog: () => void) {
    this.inputRequests = inputRequests;
    this.#onLog = onLog;
  }

  // As a log, this has functions that a tool may detach. What it logs is buffered until the SDK's handler joins.

  get debug(): CallLog['debug'] {
    return (message, fields) => this.#write('debug', message, fields);
  }

  get info(): CallLog['info'] {
    return (message, fields) => this.#write('info', message, fields);
  }

  get warn(): CallLog['warn'] {
    return (message, fields) => this.#write('warn', message, fields);
  }

  get error(): CallLog['error'] {
    return (message, fields) => this.#write('error', message, fields);
  }

  get hasLogged(): boolean {
    return this.#buffered !== undefined;
  }

  /** @returns the call itself, the first time only: when the SDK repeats a request, that is a new call */
  take(): this | undefined {
    if (this.#taken) return undefined;
    this.#taken = true;
    return this;
  }

  /** From now on the call logs to `log` and is cancelled by `signal`. */
  join(log: CallLog, signal: AbortSignal): Promise<ToolResult> {
    this.#log = log;
    for (const { level, message, fields } of this.#buffered ?? []) log[level](message, fields);
    this.#buffered = undefined;
    const forwardAbort = (): void => this.abortController.abort(signal.reason);
    if (signal.aborted) forwardAbort();
    else signal.addEventListener('abort', forwardAbort, { once: true });
    if (!this.result) throw new Error('A call was deferred before it was started.');
    return this.result;
  }

  #write(level: Level, message: string, fields: LogFields | undefined): void {
    if (this.#log) return this.#log[level](message, fields);
    if (this.#buffered) {
      if (this.#buffered.length < MAX_BUFFERED) this.#buffered.push({ level, message, fields });
      return;
    }
    this.#buffered = [{ level, message, fields }];
    this.#onLog();
  }
}
