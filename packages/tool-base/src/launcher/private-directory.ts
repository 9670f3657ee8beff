/** Empty working directories, one a run, that only this user can enter. */

import { lstatSync, mkdirSync, mkdtempSync, rmdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class PrivateDirectories {
  readonly path: string;
  #next = 0;

  constructor() {
    this.path = mkdtempSync(join(tmpdir(), 'mcp-tools-'));
  }

  /**
   * @throws {Error} with a `code`: of the file system, or `ENOTDIR` when something else has taken the place of the parent
   */
  create(): string {
    this.#next += 1;
    const directory = join(this.path, String(this.#next));
    this.#ensureParent();
    mkdirSync(directory, { mode: 0o700 });
    return directory;
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
    if (found === undefined) mkdirSync(this.path, { mode: 0o700 });
    else if (!found.isDirectory() || (process.getuid && found.uid !== process.getuid())) {
      throw Object.assign(new Error('not a directory of this user'), { code: 'ENOTDIR' });
    }
  }
}
