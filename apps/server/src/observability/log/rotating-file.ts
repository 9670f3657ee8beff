import { mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

import { pino } from 'pino';

import { systemClock, type Clock } from '../../foundation/clock.ts';
import { errorCode } from '../../foundation/error-code.ts';

export interface RotatingFileOptions {
  /** The file being written. Finished files are `FILE.1` (the newest), `FILE.2` and so on. */
  readonly filePath: string;
  /**
   * Bytes after which the next file is started. A file exceeds it by at most what is written at once. Infinity where another process
   * that writes to the file starts the next one.
   */
  readonly maxFileSize: number;
  /** Finished files to keep. With 0 the file is started again and its content is lost. */
  readonly backupCount: number;
  /** Called with a code such as `ENOSPC` when lines or files can no longer be written, and again only after they could be. */
  readonly onFailure: (code: string) => void;
  /** Called when lines can be written again, with how many were not kept until then. */
  readonly onDropped: (lines: number) => void;
  /** @default systemClock */
  readonly clock?: Pick<Clock, 'monotonicMs'>;
}

export interface RotatingFile {
  readonly stream: ReturnType<typeof pino.destination>;
  /** Opens the path again, as logrotate expects after it renamed the file. */
  readonly reopen: () => void;
  /** Starts the next file if this one is too large by what other processes have written. */
  readonly check: () => void;
}

/** Characters that wait for a disk that takes nothing; further lines are dropped. */
const MAX_HELD = 1_048_576;

/** Milliseconds between two checks that the path still names the open file. */
const CHECK_EVERY_MS = 1000;

/**
 * A log file, readable by its owner only, that rotates by size. It appends to what an earlier process wrote, and follows the
 * path: a file that another program renamed, removed or truncated is noticed within a second of the next line.
 *
 * @throws {Error} of the file system when the file cannot be opened
 */
export function rotatingFile(options: RotatingFileOptions): RotatingFile {
  const { filePath, maxFileSize, backupCount, onFailure, onDropped, clock = systemClock } = options;
  let failed = false;
  let dropped = 0;
  // A full disk costs log lines, not the server.
  const report = (error: unknown): void => {
    if (!failed) onFailure(errorCode(error));
    failed = true;
  };
  mkdirSync(dirname(filePath), { recursive: true });
  const file = pino.destination({ dest: filePath, append: true, sync: true, mode: 0o600, maxLength: MAX_HELD });
  let size = statSync(filePath).size;
  // Unknown after a reopen, which the stream may put off until it has written what it holds.
  let inode: number | undefined = statSync(filePath).ino;
  let checkedMs = clock.monotonicMs();

  const reopen = (): void => {
    try {
      size = 0;
      inode = undefined;
      // The folder may have been removed with the file.
      mkdirSync(dirname(filePath), { recursive: true });
      file.reopen();
    } catch (error) {
      report(error);
    }
  };
  const rotate = (): void => {
    try {
      shift(filePath, backupCount);
    } catch (error) {
      report(error);
    }
    reopen();
  };
  /** The size on disk decides: another program may have truncated the file, or put another in its place. */
  const follow = (): void => {
    checkedMs = clock.monotonicMs();
    const found = statSync(filePath, { throwIfNoEntry: false });
    inode ??= found?.ino;
    if (found === undefined || found.ino !== inode) return reopen();
    size = found.size;
    if (size >= maxFileSize) rotate();
  };

  const check = (): void => {
    try {
      follow();
    } catch (error) {
      report(error);
    }
  };

  file.on('error', report);
  file.on('drop', (lines) => {
    dropped += String(lines).split('\n').length - 1;
  });
  // Everything that waited is written.
  file.on('drain', () => {
    failed = false;
    const missing = dropped;
    dropped = 0;
    if (missing > 0) onDropped(missing);
  });
  file.on('write', (bytes) => {
    size += bytes;
    if (size < maxFileSize && clock.monotonicMs() - checkedMs < CHECK_EVERY_MS) return;
    check();
  });
  return { stream: file, reopen, check };
}

/** Frees `filePath`: every finished file moves up by one, and the oldest is removed. */
function shift(filePath: string, backupCount: number): void {
  if (backupCount === 0) return rmSync(filePath, { force: true });
  for (let number = backupCount - 1; number >= 0; number -= 1) {
    try {
      renameSync(number === 0 ? filePath : `${filePath}.${number}`, `${filePath}.${number + 1}`);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  }
}
