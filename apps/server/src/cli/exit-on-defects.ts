import { describeError } from '@mcp/tool-base';

import type { Logger } from '../observability/log/logger.ts';

/** An error that nobody handles ends the process: its state is unknown. */
export function exitOnDefects(logger: Logger): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      logger.fatal({ err: describeError(error) }, 'server.crash');
      // The launcher kills the remaining programs when this process has exited.
      process.exit(70);
    });
  }
}
