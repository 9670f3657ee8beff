import { randomBytes } from 'node:crypto';
import {
  constants,
  copyFileSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** The text of a file; undefined when there is none. */
export function readIfExists(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Replaces a file in one step and keeps its mode. A symbolic link stays a link. A missing file is created, with its folder.
 *
 * @returns the copy of the old file; undefined when there was none
 */
export function replaceWithBackup(file: string, text: string, nowMs: number): string | undefined {
  mkdirSync(dirname(file), { recursive: true });
  const exists = readIfExists(file) !== undefined;
  const path = exists ? realpathSync(file) : file;
  const backup = exists ? `${path}.backup-${new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d+/gu, '')}` : undefined;
  if (backup !== undefined) copyFileSync(path, backup, constants.COPYFILE_EXCL);
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    writeFileSync(draft, text, { mode: exists ? statSync(path).mode & 0o777 : 0o600, flag: 'wx' });
    renameSync(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
  return backup;
}
