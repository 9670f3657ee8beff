import { constants } from 'node:fs';
import { mkdir, open, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const OWNER_ONLY = 0o600;

/**
 * Replaces a file atomically: a temporary file beside it is written, flushed and renamed over it, and the directory is
 * flushed. After a crash the file has either the old text or the new one. The new file is readable by its owner only. A
 * symbolic link is kept, and its target is replaced.
 */
export async function writeAtomically(
  file: string,
  text: string,
  options: { readonly createFolders?: boolean } = {},
): Promise<void> {
  if (options.createFolders === true) await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const target = await realpath(file).catch(() => file);
  const directory = dirname(target);
  const temporary = join(directory, `.${basename(target)}.${process.pid}.tmp`);
  // A killed process with the same id may have left one; O_EXCL below refuses a file that appeared since.
  await rm(temporary, { force: true });
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const handle = await open(temporary, flags, OWNER_ONLY);
  try {
    await handle.writeFile(text, 'utf8');
    await handle.sync();
    await handle.close();
    await rename(temporary, target);
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(directory);
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
