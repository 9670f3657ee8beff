/**
 * Removes folders in which a program may still be working. Each is opened once and reached by its descriptor from then on: by its path, a
 * program in a sandbox could put a link in its place, and have this process, which is in none, remove what the link leads to.
 */

import { constants } from 'node:fs';
import { open, readdir, rmdir, unlink } from 'node:fs/promises';

/** Each level holds a descriptor. */
const MAX_DEPTH = 50;
/** Files that are removed at the same time. */
const AT_ONCE = 32;
const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/**
 * Removes a folder with everything in it, or a file. Linux only.
 *
 * @throws {Error} where something cannot be removed, or is too deep
 */
export async function removeTree(path: string | Buffer, depth = 0): Promise<void> {
  if (depth > MAX_DEPTH) throw new RangeError(`There are more than ${MAX_DEPTH} folders in each other.`);
  const folder = await open(path, FOLDER).catch((error: NodeJS.ErrnoException) => {
    // ELOOP: a link.
    if (error.code === 'ENOTDIR' || error.code === 'ELOOP') return undefined;
    throw error;
  });
  if (folder === undefined) return unlink(path);
  try {
    await emptyFolder(`/proc/self/fd/${folder.fd}/`, depth);
  } finally {
    await folder.close();
  }
  await rmdir(path);
}

async function emptyFolder(path: string, depth: number): Promise<void> {
  // Not every name is UTF-8.
  const entries = await readdir(path, { encoding: 'buffer', withFileTypes: true });
  const within = ({ name }: { readonly name: Buffer }): Buffer => Buffer.concat([Buffer.from(path), name]);
  const files = entries.filter((entry) => !entry.isDirectory());
  for (let at = 0; at < files.length; at += AT_ONCE) {
    await Promise.all(files.slice(at, at + AT_ONCE).map((file) => unlink(within(file))));
  }
  for (const folder of entries.filter((entry) => entry.isDirectory())) await removeTree(within(folder), depth + 1);
}
