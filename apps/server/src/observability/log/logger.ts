/**
 * The server's log: one line per event, to standard error (standard output belongs to the protocol in stdio mode, and to
 * the person at the terminal otherwise) or to a file that rotates.
 */
import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';

import { StartError } from '../../start-error.ts';
import { callScope } from './call-scope.ts';
import { rotatingFile } from './rotating-file.ts';

export type { Logger };

export interface LoggingOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly format: 'json' | 'pretty';
  /** Write here instead of standard error. */
  readonly filePath?: string | undefined;
  /** Bytes after which the next file is begun. */
  readonly maxFileSize: number;
  /** Finished files kept beside the one being written, as `filePath.1` (the newest) and so on. */
  readonly backupCount: number;
}

/** @throws StartError when the log file cannot be opened. */
export async function createLogger(options: LoggingOptions): Promise<Logger> {
  const destination =
    options.filePath === undefined ? pino.destination({ fd: 2, sync: true }) : rotating(options.filePath, options);
  return loggerTo(
    options,
    options.format === 'pretty' ? await prettily(destination, options.filePath === undefined) : destination,
  );
}

/** The same log, written to a stream of the caller's. */
export function loggerTo(options: Pick<LoggingOptions, 'level'>, destination: DestinationStream): Logger {
  return pino(
    {
      level: options.level,
      base: null,
      mixin: () => {
        const call = callScope.getStore();
        return call === undefined ? {} : { correlationId: call.correlationId };
      },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // A last net under secrets that are already marked at their source.
      redact: {
        paths: ['authorization', '*.authorization', 'apiKey', '*.apiKey', 'password', '*.password', 'token', '*.token'],
        censor: '[redacted]',
      },
    },
    destination,
  );
}

function rotating(filePath: string, { maxFileSize, backupCount }: LoggingOptions): DestinationStream {
  try {
    const onTrouble = (code: string): void => {
      process.stderr.write(`mcp-server: the log file cannot be written (${code}).\n`);
    };
    return rotatingFile({ filePath, maxFileSize, backupCount, onTrouble });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new StartError(
      `The log file cannot be opened (${code ?? 'unknown error'}). Make its folder writable for this user, or change logging.filePath.`,
    );
  }
}

async function prettily(destination: DestinationStream, toTerminal: boolean): Promise<DestinationStream> {
  // Hundreds of files, which only those wait for who use them.
  const { default: pretty } = await import('pino-pretty');
  return pretty({
    colorize: toTerminal && process.stderr.isTTY,
    destination,
    ignore: 'pid,hostname',
    translateTime: 'SYS:HH:MM:ss.l',
    sync: true,
  });
}
