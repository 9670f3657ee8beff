import { sanitizeJson, sanitizeText, type CallLog, type LogFields, type Progress } from '@mcp/tool-base';
import type { ServerContext } from '@modelcontextprotocol/server';

import { redactFields } from '../../../../observability/log/redact-fields.ts';
import { isOverStdio, isUnread } from '../../handoff/request-extra.ts';
import type { ClientLoggingLevel } from './logging-level.ts';
import { NoticeBacklog } from './notice-backlog.ts';
import { ProgressQueue } from './progress-queue.ts';

/** Notifications for the client of a running request: log messages, at the level it chose, and progress. */
export class RequestNotices {
  readonly #context: ServerContext;
  readonly #level: Pick<ClientLoggingLevel, 'wants'>;
  readonly #backlog: NoticeBacklog;
  #progress: ProgressQueue | undefined;
  #sent: Promise<unknown> = Promise.resolve();
  #ended = false;

  constructor(context: ServerContext, level: Pick<ClientLoggingLevel, 'wants'>) {
    this.#context = context;
    this.#level = level;
    this.#backlog = new NoticeBacklog(() => isUnread(context));
  }

  /**
   * Called before the response is sent: clients drop notifications that arrive after it, so none is sent then. A job may go on.
   *
   * @returns resolves when everything before has been sent
   */
  end(): Promise<unknown> {
    this.#ended = true;
    this.#progress?.discard();
    return this.#sent;
  }

  get log(): CallLog {
    const at =
      (level: 'debug' | 'info' | 'warning' | 'error') =>
      (message: string, fields: LogFields = {}): void => {
        if (!this.#level.wants(level)) return;
        const known = clientFields(fields);
        const { text } = sanitizeText(message);
        const data = known === undefined ? text : { message: text, ...known };
        this.#send(data, () => this.#context.mcpReq.log(level, data));
      };
    return { debug: at('debug'), info: at('info'), warn: at('warning'), error: at('error') };
  }

  /** `undefined` when the client did not ask for progress. */
  get onProgress(): ((progress: Progress) => void) | undefined {
    const { mcpReq } = this.#context;
    const progressToken = mcpReq._meta?.progressToken;
    if (progressToken === undefined) return undefined;
    const notify = (progress: Progress): void =>
      this.#send(progress, () =>
        mcpReq.notify({ method: 'notifications/progress', params: { progressToken, ...progress } }),
      );
    if (!isOverStdio(this.#context)) return notify;
    const queue = new ProgressQueue(notify);
    this.#progress = queue;
    return (progress) => queue.add(progress);
  }

  #send(data: unknown, send: () => Promise<unknown>): void {
    if (this.#ended || !this.#backlog.takes(JSON.stringify(data).length)) return;
    this.#sent = Promise.all([this.#sent, this.#backlog.follow(send())]);
  }
}

/** Under these names the pipeline and tools log what was thrown; it is for the operator's log alone. */
const THROWN: ReadonlySet<string> = new Set(['err', 'error', 'cause', 'thrown', 'exception']);

/** The fields that a client may see: plain JSON, without anything that was thrown and without secrets. `undefined` for none. */
function clientFields(fields: LogFields): object | undefined {
  try {
    const text = JSON.stringify(
      Object.fromEntries(Object.entries(redactFields(fields))),
      function (this: Record<string, unknown>, name, value) {
        // An error may turn itself into JSON, so what counts is the member, not its value.
        return THROWN.has(name) || this[name] instanceof Error ? undefined : (value as unknown);
      },
    );
    const known = sanitizeJson(JSON.parse(text)) as object;
    return Object.keys(known).length === 0 ? undefined : known;
  } catch {
    return undefined;
  }
}
