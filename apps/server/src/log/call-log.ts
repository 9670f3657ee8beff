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
export function toolLog(logger: Logger, tool: string, correlationId: string, client: CallLog | undefined): CallLog {
  const at =
    (level: keyof CallLog) =>
    (message: string, fields: LogFields = {}): void => {
      logger[level]({ tool, correlationId, ...fields }, message);
      client?.[level](message, fields);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
