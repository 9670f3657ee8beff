/**
 * A tool call that the fast lane began and the SDK finishes: it has to wait, it logs, it asks its client something, or
 * it brought more than text. The call runs once; the SDK's handler is given it instead of starting one of its own.
 */
import type { CallLog, LogFields, ToolResult } from '@mcp/tool-base';

import type { ClientQuestions } from '../client-input/client-input-requests.ts';

type Level = keyof CallLog;

export class HandedOverCall implements CallLog {
  readonly questions: ClientQuestions;
  /** Aborted when the client gives up. */
  readonly stop: AbortController = new AbortController();
  readonly #onLog: () => void;
  #logged: { level: Level; message: string; fields: LogFields | undefined }[] | undefined;
  #log: CallLog | undefined;

  /** @param onLog called once, when the tool logs for the first time */
  constructor(questions: ClientQuestions, onLog: () => void) {
    this.questions = questions;
    this.#onLog = onLog;
  }

  // What the tool logs waits here until the call is handed over. As a log, this is made of functions that can be taken away.

  get debug(): CallLog['debug'] {
    return (message, fields) => this.#note('debug', message, fields);
  }

  get info(): CallLog['info'] {
    return (message, fields) => this.#note('info', message, fields);
  }

  get warn(): CallLog['warn'] {
    return (message, fields) => this.#note('warn', message, fields);
  }

  get error(): CallLog['error'] {
    return (message, fields) => this.#note('error', message, fields);
  }

  result: Promise<ToolResult> | undefined;

  get hasLogged(): boolean {
    return this.#logged !== undefined;
  }

  /** From now on the call logs to `log` and ends with `signal`. */
  join(log: CallLog, signal: AbortSignal): Promise<ToolResult> {
    this.#log = log;
    for (const { level, message, fields } of this.#logged ?? []) log[level](message, fields);
    this.#logged = undefined;
    const giveUp = (): void => this.stop.abort(signal.reason);
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
    if (!this.result) throw new Error('A call was handed over before it was begun.');
    return this.result;
  }

  #note(level: Level, message: string, fields: LogFields | undefined): void {
    if (this.#log) return this.#log[level](message, fields);
    if (this.#logged) return void this.#logged.push({ level, message, fields });
    this.#logged = [{ level, message, fields }];
    this.#onLog();
  }
}

/** Where a request over stdio, which has nothing else to be known by, says which call it carries. */
export const handOverKey = 'mcp-server/handed-over';

/** Calls on their way to the SDK, by what carries them there: the HTTP request, or a token in the message. */
export class HandOvers {
  readonly #byRequest = new WeakMap<Request, HandedOverCall>();
  readonly #byToken = new Map<string, HandedOverCall>();

  give(carrier: Request | string, call: HandedOverCall): void {
    if (typeof carrier === 'string') this.#byToken.set(carrier, call);
    else this.#byRequest.set(carrier, call);
  }

  /** The call that came with this carrier, once: a repeated round of it is a new call. */
  take(carrier: unknown): HandedOverCall | undefined {
    const calls = typeof carrier === 'string' ? this.#byToken : this.#byRequest;
    const call = calls.get(carrier as never);
    if (call) calls.delete(carrier as never);
    return call;
  }
}
