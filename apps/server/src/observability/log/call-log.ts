import type { CallLog, LogFields } from '@mcp/tool-base';

import type { EventBus } from '../events/event-bus.ts';
import type { Logger } from './logger.ts';

/** Outcomes that nobody needs to look into: a call that waits for its client ends, and comes back as another. */
const uneventful: ReadonlySet<string> = new Set(['success', 'cancelled', 'input_required']);

/** One line when a call ends; its start is a debug line, since most calls are over before anyone could look. */
export function logCalls(events: EventBus, logger: Logger): Disposable {
  return events.subscribe(({ type, data }) => {
    switch (type) {
      case 'call.started':
        logger.debug(data, type);
        break;
      case 'call.finished':
        logger[uneventful.has(data.outcome) ? 'info' : 'warn'](data, type);
        break;
      case 'breaker.changed':
        logger.warn(data, type);
        break;
      case 'tool.changed':
      case 'health.changed':
        logger.info(data, type);
        break;
      // Whoever reloads tells more than the event does.
      case 'config.reloaded':
      case 'config.rejected':
        break;
    }
  });
}

/** What a tool logs goes to the server's log with its correlation id, and to the client that asked for it. */
export class ToolLog implements CallLog {
  readonly #logger: Logger;
  readonly #tool: string;
  readonly #correlationId: string;
  readonly #client: CallLog | undefined;

  constructor(logger: Logger, tool: string, correlationId: string, client: CallLog | undefined) {
    this.#logger = logger;
    this.#tool = tool;
    this.#correlationId = correlationId;
    this.#client = client;
  }

  // Made when they are asked for, each a function of its own that a tool may take away: most tools log nothing.

  get debug(): CallLog['debug'] {
    return this.#at('debug');
  }

  get info(): CallLog['info'] {
    return this.#at('info');
  }

  get warn(): CallLog['warn'] {
    return this.#at('warn');
  }

  get error(): CallLog['error'] {
    return this.#at('error');
  }

  #at(level: keyof CallLog) {
    return (message: string, fields: LogFields = {}): void => {
      this.#logger[level]({ tool: this.#tool, correlationId: this.#correlationId, ...fields }, message);
      this.#client?.[level](message, fields);
    };
  }
}
