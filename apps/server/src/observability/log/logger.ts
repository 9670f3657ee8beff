/**
 * The server's log: one line per event, to standard error (standard output belongs to the protocol over stdio, and to the
 * person at the terminal otherwise) or to a file that rotates.
 */
import { statSync } from 'node:fs';
import { normalize } from 'node:path';

import { pino, type DestinationStream, type Logger } from 'pino';

import { errorCode } from '../../foundation/error-code.ts';
import { StartError } from '../../foundation/start-error.ts';
import { batchedLines } from './batched-lines.ts';
import { callScope } from './call-scope.ts';
import { isoTime } from './iso-time.ts';
import { redactFields } from './redact-fields.ts';
import { rotatingFile, type RotatingFile } from './rotating-file.ts';
import { escapeJsonLine, escapePrettyLine } from './safe-line.ts';
import { serializeError } from './serialize-error.ts';
import { standardError } from './standard-error.ts';

export type { Logger };

export interface LoggingOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly format: 'json' | 'pretty';
  /** Write here instead of standard error. */
  readonly filePath?: string | undefined;
  /** Bytes after which the next file is started. */
  readonly maxFileSize: number;
  /** Finished files to keep beside the one being written, as `filePath.1` (the newest) and so on. */
  readonly backupCount: number;
}

export interface ServerLog {
  readonly logger: Logger;
  /** Writes the lines that wait for the end of this turn of the event loop. To be called when the process exits. */
  readonly flush: () => void;
  /** Opens the log file again, after another program renamed it. Does nothing without a log file. */
  readonly reopen: () => void;
  /** Starts the next log file if workers have filled this one. */
  readonly check: () => void;
}

/** Characters of lines. */
const MAX_HELD = 65_536;

/**
 * @param worker number of this process, in every line; absent for a server of one process
 * @throws {StartError} when the log file cannot be opened
 */
export async function openLog(options: LoggingOptions, worker?: number): Promise<ServerLog> {
  // The primary starts the next file for all: two processes at once would start two.
  const maxFileSize = worker === undefined ? options.maxFileSize : Number.POSITIVE_INFINITY;
  const onDropped = (lines: number): void => logger.warn({ lines }, 'log.dropped');
  const { filePath } = options;
  const file = filePath === undefined ? undefined : openFile(filePath, { ...options, maxFileSize }, onDropped);
  const destination = file?.stream ?? standardError(onDropped);
  // A small file still rotates near its size.
  const lines = batchedLines(destination, Math.min(MAX_HELD, options.maxFileSize / 100));
  const written = options.format === 'pretty' ? await prettyPrinted(destination, file === undefined) : lines;
  const logger = loggerTo(options, written, worker === undefined ? null : { worker });
  return {
    logger,
    flush: lines.flush,
    reopen() {
      lines.flush();
      file?.reopen();
    },
    check: () => file?.check(),
  };
}

/** The same log, written to any stream. @internal */
export function loggerTo(
  options: Pick<LoggingOptions, 'level' | 'format'>,
  destination: DestinationStream,
  base: Readonly<Record<string, unknown>> | null = null,
): Logger {
  const escape = options.format === 'pretty' ? escapePrettyLine : escapeJsonLine;
  return pino(
    {
      level: options.level,
      base,
      mixin: () => {
        const call = callScope.getStore();
        return call === undefined ? {} : { correlationId: call.correlationId };
      },
      timestamp: isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        // A second line of defence: secrets are already marked where they enter. pino's own `redact` takes each of its
        // paths apart for each field of each line.
        log: redactFields,
      },
      serializers: { err: serializeError, error: serializeError },
    },
    { write: (line) => destination.write(escape(line)) },
  );
}

const STREAM_NAME = /^\/(?:proc\/|dev\/(?:fd|stdin|stdout|stderr)(?:\/|$))/;

/** Over stdio, standard output carries the protocol; a pipe cannot be rotated, and a folder not be written. */
function requireFile(filePath: string): void {
  const found = statSync(filePath, { throwIfNoEntry: false });
  // A name of an open stream, which may be a regular file, and which a rotation would rename.
  if (STREAM_NAME.test(normalize(filePath))) {
    throw new StartError(
      'logging.filePath names an open stream of the process. Leave it out to log to standard error, or name a file.',
    );
  }
  if (found === undefined || found.isFile() || filePath === '/dev/null') return;
  throw new StartError(
    found.isDirectory()
      ? 'logging.filePath is a folder. Add the name of a file.'
      : 'logging.filePath is not a regular file. Leave it out to log to standard error, or name a file.',
  );
}

function openFile(
  filePath: string,
  { maxFileSize, backupCount }: LoggingOptions,
  onDropped: (lines: number) => void,
): RotatingFile {
  try {
    requireFile(filePath);
    const onFailure = (code: string): void => {
      process.stderr.write(`mcp-server: the log file cannot be written (${code}).\n`);
    };
    return rotatingFile({ filePath, maxFileSize, backupCount, onFailure, onDropped });
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(
      `The log file cannot be opened (${errorCode(error)}). Make its folder writable for this user, or change logging.filePath.`,
    );
  }
}

async function prettyPrinted(destination: DestinationStream, toTerminal: boolean): Promise<DestinationStream> {
  // pino-pretty is hundreds of files; only those who use it wait for them.
  const { default: pretty } = await import('pino-pretty');
  return pretty({
    colorize: toTerminal && process.stderr.isTTY,
    destination,
    ignore: 'pid,hostname',
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss.l',
    sync: true,
  });
}
