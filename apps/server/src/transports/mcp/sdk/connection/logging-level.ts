/**
 * `logging/setLevel` of the 2025 revisions. The SDK's own handler answers an unknown level with -32603 and the message of
 * its schema library.
 */
import type { LoggingLevel, Server } from '@modelcontextprotocol/server';

import { InvalidParamsError } from '../../../../catalog/invalid-params-error.ts';
import { anything } from './anything.ts';

/** In order of severity, lowest first. */
const LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'] as const;

/** The lowest level that the client of one connection receives. @default debug: everything */
export class ClientLoggingLevel {
  #minimum = 0;

  /** Replaces the SDK's handler. */
  serve(server: Server, onSet: (level: string) => Promise<void> | undefined): void {
    server.setRequestHandler('logging/setLevel', { params: anything }, async (params) => {
      const { level } = params as { readonly level?: unknown };
      if (!this.set(level)) {
        throw new InvalidParamsError(
          `The level must be one of ${LEVELS.join(', ')}. Send the lowest level to receive; the current level has not changed.`,
        );
      }
      await onSet(level as LoggingLevel);
      return {};
    });
  }

  /** @returns false for an unknown level, which changes nothing */
  set(level: unknown): boolean {
    const place = (LEVELS as readonly unknown[]).indexOf(level);
    if (place < 0) return false;
    this.#minimum = place;
    return true;
  }

  wants(level: LoggingLevel): boolean {
    return LEVELS.indexOf(level) >= this.#minimum;
  }
}
