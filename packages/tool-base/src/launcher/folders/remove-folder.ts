/** Removes what programs have left, also what they have locked, and never with more rights than they had. */

import { lstatSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

import { removeTree } from './remove-tree.ts';
import { startRemoval, type Removal } from '../start-program.ts';

/** Never rejects: a killed program may still be writing, and what is left is private. */
export async function removeFolder(path: string): Promise<void> {
  try {
    await remove(path);
  } catch {
    // It changed meanwhile.
  }
}

async function remove(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined || isRemoved(path)) return;
  if (found.uid !== process.getuid?.()) {
    // Its owner could replace a folder in it by a link while root removes what is there.
    await empty(path, { uid: found.uid, gid: found.gid });
  } else if (found.isDirectory() && holdsOthers(path, found.uid)) {
    for (const name of readdirSync(path)) await remove(join(path, name));
  } else {
    await (process.platform === 'linux' ? removeTree(path).catch(() => empty(path)) : empty(path));
  }
  isRemoved(path);
}

/** As root, whose programs run as another user: the folders of the runs are that user's. */
function holdsOthers(path: string, uid: number): boolean {
  return readdirSync(path).some((name) => lstatSync(join(path, name)).uid !== uid);
}

function isRemoved(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch {
    return false;
  }
}

/** A program may have taken its own rights from a folder. */
async function empty(path: string, user?: Removal['user']): Promise<void> {
  for (const program of ['chmod', 'rm'] as const) await startRemoval({ program, path, user });
}
