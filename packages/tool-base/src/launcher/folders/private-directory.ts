/** Empty working directories, one a run, that only this user can enter. */

import {
  chmodSync,
  closeSync,
  constants,
  fchownSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmdirSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

import { removeFolder } from './remove-folder.ts';
import { folderPrefix } from './stale-folders.ts';

export interface FolderOwner {
  readonly uid: number;
  readonly gid: number;
}

export class PrivateDirectories {
  readonly path: string;
  readonly #owner: FolderOwner | undefined;
  #next = 0;

  /** @param owner the user of the programs, if it is not the one of this process */
  constructor(owner?: FolderOwner) {
    this.#owner = owner;
    this.path = mkdtempSync(folderPrefix());
    chmodSync(this.path, this.#mode);
  }

  /**
   * @throws {Error} with a `code`: of the file system, or `ENOTDIR` when something else has taken the place of the parent
   */
  create(): string {
    this.#next += 1;
    this.#ensureParent();
    // A program can make folders here as well, and must not know the name of the next.
    const directory = mkdtempSync(join(this.path, `${this.#next}-`));
    if (this.#owner) lchownSync(directory, this.#owner.uid, this.#owner.gid);
    return directory;
  }

  /**
   * A file that only the user of the programs can read.
   *
   * @returns its path
   * @throws {Error} with a `code` of the file system, also where a program has put a link in the place of the folder
   */
  writeFile(directory: string, name: string, content: string): string {
    const path = join(directory, name);
    const folder = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    try {
      const file = openSync(process.platform === 'linux' ? `/proc/self/fd/${folder}/${name}` : path, 'wx', 0o600);
      try {
        writeSync(file, content);
        if (this.#owner) fchownSync(file, this.#owner.uid, this.#owner.gid);
      } finally {
        closeSync(file);
      }
    } finally {
      closeSync(folder);
    }
    return path;
  }

  /** Nearly always empty; what a program left in it is removed in the background. */
  remove(directory: string): void {
    try {
      rmdirSync(directory);
    } catch {
      void removeFolder(directory);
    }
  }

  /** Never rejects: a killed program may still have been writing, and what is left is private. */
  async removeAll(): Promise<void> {
    await removeFolder(this.path);
  }

  /**
   * A program runs as this user and could replace the parent by a link, so that the next program would run elsewhere, or lock it. A
   * cleaner of temporary files may have removed it.
   */
  #ensureParent(): void {
    const found = lstatSync(this.path, { throwIfNoEntry: false });
    const uid = process.getuid?.();
    if (found === undefined) {
      mkdirSync(this.path, { mode: this.#mode });
      chmodSync(this.path, this.#mode);
    } else if (!found.isDirectory() || (uid !== undefined && found.uid !== uid)) {
      throw Object.assign(new Error('not a directory of this user'), { code: 'ENOTDIR' });
    } else if ((found.mode & 0o777) !== this.#mode) {
      chmodSync(this.path, this.#mode);
    }
  }

  /** Another user goes through the parent, and cannot replace what is in it by a link that this process would follow. */
  get #mode(): number {
    return this.#owner ? 0o711 : 0o700;
  }
}
