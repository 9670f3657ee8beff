/**
 * The server's log: one line per event, to standard error (standard output belongs to the protocol in stdio mode, and to
 * the person at the terminal otherwise) or to a file that rotates.
 */
import { once } from 'node:events';
import { access, constants, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';

import { StartError } from '../start-error.ts';
import { callScope } from './call-scope.ts';

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

/** @throws StartError when the log file cannot be opened. */
export async function createLogger(options: LoggingOptions): Promise<Logger> {
  const destination =
    options.filePath === undefined
      ? pino.destination({ fd: 2, sync: true })
      : await rotating(options.filePath, options);
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
      // pino writes into what it is given here.
      mixin: () => ({ ...callScope.getStore() }),
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

async function rotating(filePath: string, { maxFileSize, backupCount }: LoggingOptions): Promise<DestinationStream> {
  try {
    // pino-roll tells of a folder that it cannot use only by never being ready.
    await mkdir(dirname(filePath), { recursive: true });
    await access(dirname(filePath), constants.W_OK);
    // Hundreds of files, which only those wait for who use them; the same goes for pino-pretty below.
    const { default: roll } = await import('pino-roll');
    const file = await roll({
      file: filePath,
      size: `${Math.max(1, Math.ceil(maxFileSize / 1024))}k`,
      limit: { count: backupCount, removeOtherLogFiles: true },
      mode: 0o600,
    });
    await once(file, 'ready');
    // From here on a full disk costs log lines, not the server; standard error still hears of it.
    let told = false;
    file.on('error', ({ code }: NodeJS.ErrnoException) => {
      if (!told) process.stderr.write(`mcp-server: the log file cannot be written (${code ?? 'unknown error'}).\n`);
      told = true;
    });
    return file;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new StartError(
      `The log file cannot be opened (${code ?? 'unknown error'}). Make its folder writable for this user, or change logging.filePath.`,
    );
  }
}

async function prettily(destination: DestinationStream, toTerminal: boolean): Promise<DestinationStream> {
  const { default: pretty } = await import('pino-pretty');
  return pretty({
    colorize: toTerminal && process.stderr.isTTY,
    destination,
    ignore: 'pid,hostname',
    translateTime: 'SYS:HH:MM:ss.l',
    sync: true,
  });
}
