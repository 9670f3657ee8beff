import type { CallLog, LogFields, Progress } from '@mcp/tool-base';
import type { ServerContext } from '@modelcontextprotocol/server';

import type { ClientLoggingLevel } from './logging-level.ts';

/** What a client is told while its request is being answered: log messages, at the level it asked for, and progress. */
export class RequestNotices {
  readonly #context: ServerContext;
  readonly #level: Pick<ClientLoggingLevel, 'wants'>;
  #sent: Promise<unknown> = Promise.resolve();

  constructor(context: ServerContext, level: Pick<ClientLoggingLevel, 'wants'>) {
    this.#context = context;
    this.#level = level;
  }

  /** Resolves when everything told so far is on its way: an answer that overtakes it would make clients drop it. */
  get sent(): Promise<unknown> {
    return this.#sent;
  }

  get log(): CallLog {
    const at =
      (level: 'debug' | 'info' | 'warning' | 'error') =>
      (message: string, fields: LogFields = {}): void => {
        if (!this.#level.wants(level)) return;
        const data = Object.keys(fields).length === 0 ? message : { message, ...fields };
        this.#send(this.#context.mcpReq.log(level, data));
      };
    return { debug: at('debug'), info: at('info'), warn: at('warning'), error: at('error') };
  }

  /** `undefined` when the client did not ask for progress. */
  get onProgress(): ((progress: Progress) => void) | undefined {
    const { mcpReq } = this.#context;
    const progressToken = mcpReq._meta?.progressToken;
    if (progressToken === undefined) return undefined;
    return (progress) => {
      this.#send(mcpReq.notify({ method: 'notifications/progress', params: { progressToken, ...progress } }));
    };
  }

  #send(sending: Promise<unknown>): void {
    // The client may be gone by now; the call itself learns that from its signal.
    const settled = sending.catch(() => {});
    this.#sent = Promise.all([this.#sent, settled]);
  }
}
