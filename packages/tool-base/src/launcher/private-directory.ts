/** Empty working directories, one a run, that only this user can enter. */

import { mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class PrivateDirectories {
  readonly path: string;
  #next = 0;

  constructor() {
    this.path = mkdtempSync(join(tmpdir(), 'mcp-tools-'));
  }

  create(): string {
    this.#next += 1;
    const directory = join(this.path, String(this.#next));
    // Recursive, because a cleaner of temporary files may have taken the parent.
    mkdirSync(directory, { mode: 0o700, recursive: true });
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

  removeAll(): void {
    rmSync(this.path, { recursive: true, force: true, maxRetries: 3 });
  }
}
