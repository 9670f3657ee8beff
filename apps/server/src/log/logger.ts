/**
 * The server's log: one line per event, to standard error (standard output belongs to the protocol in stdio mode, and to
 * the person at the terminal otherwise) or to a file that rotates.
 */
import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import pretty from 'pino-pretty';
import roll from 'pino-roll';

export type { Logger };

export interface LoggingOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly format: 'json' | 'pretty';
  /** Write here instead of standard error. A number is inserted before the ending: `server.log` becomes `server.1.log`. */
  readonly filePath?: string | undefined;
  /** Bytes after which the next file is begun; rounded up to whole KiB. */
  readonly maxFileSize: number;
  /** Finished files kept beside the one being written. */
  readonly backupCount: number;
}

/** @throws Error when the log file cannot be opened. */
export async function createLogger(options: LoggingOptions): Promise<Logger> {
  const destination =
    options.filePath === undefined ? pino.destination({ fd: 2, sync: true }) : await rotating(options);
  return loggerTo(
    options,
    options.format === 'pretty' ? prettily(destination, options.filePath === undefined) : destination,
  );
}

/** The same log, written to a stream of the caller's. */
export function loggerTo(options: Pick<LoggingOptions, 'level'>, destination: DestinationStream): Logger {
  return pino(
    {
      level: options.level,
      base: null,
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

function rotating({ filePath, maxFileSize, backupCount }: LoggingOptions): Promise<DestinationStream> {
  return roll({
    file: filePath,
    size: `${Math.max(1, Math.ceil(maxFileSize / 1024))}k`,
    limit: { count: backupCount, removeOtherLogFiles: true },
    mkdir: true,
    mode: 0o600,
  });
}

function prettily(destination: DestinationStream, toTerminal: boolean): DestinationStream {
  return pretty({
    colorize: toTerminal && process.stderr.isTTY,
    destination,
    ignore: 'pid,hostname',
    translateTime: 'SYS:HH:MM:ss.l',
    sync: true,
  });
}
