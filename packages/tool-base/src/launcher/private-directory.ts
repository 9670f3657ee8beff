/** Empty working directories, one a run, that only this user can enter. */

import {
  chownSync,
  closeSync,
  fchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmdirSync,
  writeSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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
    this.path = mkdtempSync(join(tmpdir(), 'mcp-tools-'));
    this.#give(this.path);
  }

  /**
   * @throws {Error} with a `code`: of the file system, or `ENOTDIR` when something else has taken the place of the parent
   */
  create(): string {
    this.#next += 1;
    const directory = join(this.path, String(this.#next));
    this.#ensureParent();
    mkdirSync(directory, { mode: 0o700 });
    this.#give(directory);
    return directory;
  }

  /** A file that only the user of the programs can read. @returns its path */
  writeFile(directory: string, name: string, content: string): string {
    const path = join(directory, name);
    const file = openSync(path, 'wx', 0o600);
    try {
      writeSync(file, content);
      if (this.#owner) fchownSync(file, this.#owner.uid, this.#owner.gid);
    } finally {
      closeSync(file);
    }
    return path;
  }

  /** Nearly always empty; what a program left in it is removed in the background. */
  remove(directory: string): void {
    try {
      rmdirSync(directory);
    } catch {
      void rm(directory, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
    }
  }

  /** Never rejects: a killed program may still have been writing, and what is left is private. */
  async removeAll(): Promise<void> {
    await rm(this.path, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }

  /**
   * A program runs as this user and could replace the parent by a link, so that the next program would run elsewhere. A cleaner of
   * temporary files may have removed it.
   */
  #ensureParent(): void {
    const found = lstatSync(this.path, { throwIfNoEntry: false });
    const uid = this.#owner?.uid ?? process.getuid?.();
    if (found === undefined) {
      mkdirSync(this.path, { mode: 0o700 });
      this.#give(this.path);
    } else if (!found.isDirectory() || (uid !== undefined && found.uid !== uid)) {
      throw Object.assign(new Error('not a directory of this user'), { code: 'ENOTDIR' });
    }
  }

  #give(directory: string): void {
    if (this.#owner) chownSync(directory, this.#owner.uid, this.#owner.gid);
  }
}
