/**
 * `logging/setLevel` of the 2025 revisions. The SDK's own handler answers an unknown level with -32603 and the message of
 * its schema library.
 */
import type { LoggingLevel, Server } from '@modelcontextprotocol/server';

import { InvalidParamsError } from '../../../catalog/invalid-params-error.ts';
import { anything } from './anything.ts';

/** In order of severity, lowest first. */
const LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'] as const;

/** The lowest level that the client of one connection receives. @default debug: everything */
export class ClientLoggingLevel {
  #minimum = 0;

  /** Replaces the SDK's handler. */
  serve(server: Server): void {
    server.setRequestHandler('logging/setLevel', { params: anything }, (params) => {
      const { level } = params as { readonly level?: unknown };
      const place = (LEVELS as readonly unknown[]).indexOf(level);
      if (place < 0) {
        throw new InvalidParamsError(
          `The level must be one of ${LEVELS.join(', ')}. Send the lowest level to receive; the current level has not changed.`,
        );
      }
      this.#minimum = place;
      return {};
    });
  }

  wants(level: LoggingLevel): boolean {
    return LEVELS.indexOf(level) >= this.#minimum;
  }
}
