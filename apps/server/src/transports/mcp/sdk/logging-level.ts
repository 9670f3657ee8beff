/**
 * `logging/setLevel` of the 2025 revisions. The SDK has a handler of its own, which answers a level it does not know as a
 * defect of the server, in the words of its schema library.
 */
import type { LoggingLevel, Server } from '@modelcontextprotocol/server';

import { InvalidParamsError } from '../../../catalog/invalid-params-error.ts';

/** Least important first. */
const LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'] as const;

/** The least important level that the client of one connection wants to hear; before it said so, everything. */
export class ClientLoggingLevel {
  #least = 0;

  /** Takes the place of the SDK's handler. */
  serve(server: Server): void {
    server.setRequestHandler('logging/setLevel', { params: anything }, (params) => {
      const { level } = params as { readonly level?: unknown };
      const place = (LEVELS as readonly unknown[]).indexOf(level);
      if (place < 0) {
        throw new InvalidParamsError(
          `The level must be one of ${LEVELS.join(', ')}. Send the least important one that is to be told; the level in force has not changed.`,
        );
      }
      this.#least = place;
      return {};
    });
  }

  wants(level: LoggingLevel): boolean {
    return LEVELS.indexOf(level) >= this.#least;
  }
}

/** The SDK's message for what a schema refuses is not for people, so it is given one that refuses nothing. */
const anything = {
  '~standard': {
    version: 1 as const,
    vendor: 'mcp-server',
    validate: (value: unknown): { value: unknown } => ({ value }),
  },
};
