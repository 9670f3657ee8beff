/**
 * Builds the JavaScript of the package in the working directory: one file an entry, with what several entries share, or
 * load only when they need it, in files beside them. A process that starts reads some eighty files instead of three hundred and fifty.
 * What other packages bring stays theirs. Declarations are the compiler's, a file each.
 *
 *   node ../../scripts/bundle.ts src/index.ts [another entry]...
 */
import { rmSync } from 'node:fs';

import { build } from 'esbuild';

const entryPoints = process.argv.slice(2);
if (entryPoints.length === 0)
  throw new Error('Say what to build, for example: node ../../scripts/bundle.ts src/index.ts');

rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints,
  outdir: 'dist',
  // All in one folder: a file that is looked for beside another is beside it whichever file holds the code that looks.
  entryNames: '[name]',
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node22.18',
  sourcemap: true,
  // The source is in the package.
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
});
