import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Notice } from '../describe/problems.ts';
import { FileReadError } from './file-read-error.ts';

/**
 * What happens to a file that every user may write to or replace: `strict` rejects it, `notice` only reports it. File shares of
 * desktop container engines show every file as writable by all.
 */
export type PermissionCheck = 'strict' | 'notice';

const WORLD_WRITABLE = 0o002;
const GROUP_WRITABLE = 0o020;
const STICKY = 0o1000;

/** @throws {FileReadError} with `strict`, when every user may write to the file or replace it */
export async function checkPermissions(
  file: string,
  { mode, uid }: { readonly mode: number; readonly uid: number },
  check: PermissionCheck,
): Promise<readonly Notice[]> {
  // Modes say nothing there: access lists decide.
  if (process.platform === 'win32') return [];
  const problems = [await fileProblem(file, mode), await folderProblem(dirname(file))].filter(
    (problem) => problem !== undefined,
  );
  const [first] = problems;
  if (first !== undefined && check === 'strict') throw first;
  const notices = problems.map(({ message, suggestion }): Notice => ({ message: `${message}; ${suggestion}` }));
  if (mode & GROUP_WRITABLE && first === undefined) {
    notices.push({ message: 'the file is writable by its group; chmod g-w if that is not meant' });
  }
  const own = process.getuid?.();
  if (own !== undefined && uid !== 0 && uid !== own) {
    notices.push({ message: 'the file belongs to a user that is neither root nor the one running this process' });
  }
  return notices;
}

async function fileProblem(file: string, mode: number): Promise<FileReadError | undefined> {
  if (!(mode & WORLD_WRITABLE) || (await isOnReadOnlyMount(file))) return undefined;
  return new FileReadError('permissions', 'every user of this machine may write to it', 'run chmod o-w on it');
}

/** A user who may write to the folder can replace the file, unless the sticky bit is set. */
async function folderProblem(folder: string): Promise<FileReadError | undefined> {
  const { mode } = await stat(folder);
  if (!(mode & WORLD_WRITABLE) || mode & STICKY || (await isOnReadOnlyMount(folder))) return undefined;
  return new FileReadError(
    'permissions',
    'every user of this machine may replace it, because its directory is world-writable',
    'run chmod o-w on the directory',
  );
}

/** Kubernetes mounts a ConfigMap with mode 0777 and read-only: the mode then allows nothing. */
async function isOnReadOnlyMount(path: string): Promise<boolean> {
  try {
    await access(path, constants.W_OK);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EROFS';
  }
}
