import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';

import { mustRun } from '../run-program.ts';
import type { Bump } from './exposed-packages.ts';

/** How the change notes that wait for a release would raise each package. */
export async function pendingBumps(): Promise<ReadonlyMap<string, Bump>> {
  // Without notes, changeset takes changed packages for forgotten ones and fails.
  if (globSync('.changeset/*.md', { exclude: ['.changeset/README.md'] }).length === 0) return new Map();
  const folder = mkdtempSync(join(tmpdir(), 'pending-'));
  try {
    const file = join(folder, 'status.json');
    await mustRun(resolve('node_modules/.bin/changeset'), ['status', '--output', relative('.', file)]);
    const { releases } = JSON.parse(readFileSync(file, 'utf8')) as { releases: { name: string; type: Bump }[] };
    return new Map(releases.map(({ name, type }) => [name, type]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
