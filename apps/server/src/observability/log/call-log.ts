import { describeError, type CallLog, type LogFields } from '@mcp/tool-base';

import type { EventBus } from '../events/event-bus.ts';
import type { ServerEventData } from '../events/server-events.ts';
import type { Logger } from './logger.ts';
import { ToolChangeLines } from './tool-change-lines.ts';
import { serializeErrors, withoutErrors } from './serialize-error.ts';

/** Logs one line for every breaker transition and change of jobs, tools or health; the start of a call at `debug`. */
export function logCalls(events: EventBus, logger: Logger): Disposable {
  const toolChanges = new ToolChangeLines(logger);
  const subscription = events.subscribe(({ type, data }) => {
    switch (type) {
      case 'call.started':
        if (logger.isLevelEnabled('debug')) logger.debug(startedFields(data), type);
        break;
      case 'job.changed':
        logger[data.state === 'lost' ? 'warn' : 'info'](jobFields(data), type);
        break;
      case 'breaker.changed':
        logger.warn(data, type);
        break;
      case 'approval.requested':
      case 'approval.decided': {
        const { caller, ...rest } = data;
        logger.info({ ...rest, client: caller }, type);
        break;
      }
      case 'tool.changed':
        toolChanges.add(data);
        break;
      case 'health.changed':
        logger.info(data, type);
        break;
      // Logged where the call ends, or the reload or change happens, with more detail.
      case 'call.finished':
      case 'config.reloaded':
      case 'config.rejected':
      case 'upstream.changed':
      case 'upstream.pending':
      case 'api.changed':
        break;
    }
  });
  return {
    [Symbol.dispose]() {
      subscription[Symbol.dispose]();
      toolChanges[Symbol.dispose]();
    },
  };
}

function jobFields({ executionId, tool, caller, state }: ServerEventData['job.changed']): object {
  return { executionId, tool, client: caller, state };
}

function startedFields({ correlationId, tool, caller }: ServerEventData['call.started']): object {
  return { correlationId, tool, client: caller };
}

/**
 * The log of one call. What a tool logs goes to the server's log with the correlation id, and to the client if it asked for
 * log messages. Errors in the fields go to the server's log only: a client must not see their messages, stacks or properties.
 */
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

  // Created when read, since most tools log nothing; each is a plain function that a tool may pass on.

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
    return (message: unknown, given: unknown = {}): void => {
      const call = { tool: this.#tool, correlationId: this.#correlationId };
      // Modules in JavaScript log an error by itself, as with console.error.
      if (typeof message !== 'string') {
        this.#logger[level]({ error: describeError(message), ...call }, 'The tool logged a value that is no text.');
        return;
      }
      const isFields = typeof given === 'object' && given !== null && !(given instanceof Error);
      const fields = isFields ? (serializeErrors(given) as LogFields) : { error: describeError(given) };
      this.#logger[level]({ ...fields, ...call }, message);
      this.#client?.[level](message, isFields ? (withoutErrors(given) as LogFields) : {});
    };
  }
}
