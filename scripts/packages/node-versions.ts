/** Other versions of Node, installed from the npm package `node` into a folder of their own. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { mustRun } from '../run-program.ts';

export interface NodeVersion {
  /** As asked for, such as `22.18.0`. */
  readonly version: string;
  /** Path of its program. */
  readonly program: string;
}

export async function installNode(version: string, folder: string): Promise<NodeVersion> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'package.json'),
    // The package fetches the program for this platform when it is installed, so npm must allow its script.
    JSON.stringify({ private: true, dependencies: { node: version }, allowScripts: { node: true } }),
  );
  await mustRun('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder });
  return { version, program: join(folder, 'node_modules', 'node', 'bin', 'node') };
}
