import { mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

import { pino, type DestinationStream } from 'pino';

export interface RotatingFileOptions {
  /** Always the file being written; finished ones are `FILE.1` (the newest), `FILE.2` and so on. */
  readonly filePath: string;
  /** Bytes after which the next file is begun: a file is longer by at most one line. */
  readonly maxFileSize: number;
  /** Finished files kept; with 0 the file is begun anew and what it held is gone. */
  readonly backupCount: number;
  /** Told once, with a code such as `ENOSPC`, when lines or files can no longer be written. */
  readonly onTrouble: (code: string) => void;
}

/**
 * A log file, readable by its owner only, that rotates by size. It appends to what an earlier process left.
 * @throws what the file system says when the file cannot be opened
 */
export function rotatingFile({
  filePath,
  maxFileSize,
  backupCount,
  onTrouble,
}: RotatingFileOptions): DestinationStream {
  let told = false;
  // From here on a full disk costs log lines, not the server.
  const trouble = (error: unknown): void => {
    if (!told) onTrouble(codeOf(error));
    told = true;
  };
  mkdirSync(dirname(filePath), { recursive: true });
  const file = pino.destination({ dest: filePath, append: true, sync: true, mode: 0o600 });
  let size = statSync(filePath).size;
  const rotate = (): void => {
    try {
      size = 0;
      shift(filePath, backupCount);
      file.reopen();
    } catch (error) {
      trouble(error);
    }
  };
  file.on('error', trouble);
  file.on('write', (bytes) => {
    size += bytes;
    if (size >= maxFileSize) rotate();
  });
  return file;
}

/** Makes room under `filePath`: every finished file moves up by one, and the oldest gives way. */
function shift(filePath: string, backupCount: number): void {
  if (backupCount === 0) return rmSync(filePath, { force: true });
  for (let number = backupCount - 1; number >= 0; number -= 1) {
    try {
      renameSync(number === 0 ? filePath : `${filePath}.${number}`, `${filePath}.${number + 1}`);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  }
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown error';
}
