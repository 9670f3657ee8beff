/**
 * Builds the page into dist: one script with its source map, the style sheets, the page and its icon. All of it is static;
 * the server copies the folder into its own build and serves every file in it.
 */
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

/** Libraries whose code ends up in the page. Their licences have to go with it. */
const bundled = ['eventsource-parser', 'uplot'];

const folderOf = (library: string): string => join('node_modules', library);

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: ['src/main.ts'],
  outdir: 'dist',
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: ['chrome123', 'firefox125', 'safari18'],
  // Small, since anybody may fetch it; the sources are in the repository.
  minify: true,
  legalComments: 'inline',
  logLevel: 'warning',
});
for (const file of globSync('src/**/*.{html,css,svg}')) copy(file, file.replace(/^src/u, 'dist'));
copy(join(folderOf('uplot'), 'dist/uPlot.min.css'), 'dist/styles/uplot.css');
writeFileSync(
  'dist/third-party-licenses.txt',
  bundled.map((library) => `${library}\n\n${readFileSync(join(folderOf(library), 'LICENSE'), 'utf8')}`).join('\n\n'),
);

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to);
}
