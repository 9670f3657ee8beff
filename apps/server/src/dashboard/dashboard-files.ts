import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One file of the dashboard, kept in memory. */
export interface DashboardFile {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
  /** A strong entity tag, quotes included: a hash of the content. */
  readonly etag: string;
}

export const PAGE = 'index.html';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Files of the plotting library's package, under the names by which the page asks for them. */
const libraryFiles: Readonly<Record<string, string>> = {
  'uplot.js': 'uplot/dist/uPlot.esm.js',
  'uplot.css': 'uplot/dist/uPlot.min.css',
};

/**
 * Where the build puts the page. Run from source, this server still serves the built one: browsers read no TypeScript.
 */
const builtPage = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/dashboard/page/' : 'dashboard/page/',
  import.meta.url,
);

/**
 * Everything the dashboard consists of, by its path below `/dashboard/`. The list is made once, from what is there, so no
 * request can name a file outside it.
 * @throws Error with code ENOENT when the page was never built
 */
export async function loadDashboardFiles(folder: URL = builtPage): Promise<ReadonlyMap<string, DashboardFile>> {
  const root = fileURLToPath(folder);
  const files = new Map<string, DashboardFile>();
  const add = async (path: string, source: string): Promise<void> => {
    const contentType = contentTypes[extname(path)];
    if (contentType === undefined) return;
    const body = new Uint8Array(await readFile(source));
    const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
    files.set(path, { body, contentType, etag });
  };
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((entry) => entry.isFile())) {
    const file = join(entry.parentPath, entry.name);
    await add(relative(root, file).replaceAll('\\', '/'), file);
  }
  const { resolve } = createRequire(import.meta.url);
  for (const [path, specifier] of Object.entries(libraryFiles)) await add(path, resolve(specifier));
  return files;
}
