import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One file of the dashboard, in memory. */
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

/** A copy of the build of @mcp/dashboard in this package's own dist, so that an installed server has it. */
const builtDashboard = new URL(
  import.meta.url.endsWith('.ts') ? '../../../../dist/dashboard/' : 'dashboard/',
  import.meta.url,
);

/**
 * The files of the dashboard by their path below `/dashboard/`. The list is built once, so no request can name a file
 * outside it.
 *
 * @throws {Error} with code ENOENT when the dashboard is not built
 */
export async function loadDashboardFiles(folder: URL = builtDashboard): Promise<ReadonlyMap<string, DashboardFile>> {
  const root = fileURLToPath(folder);
  const files = new Map<string, DashboardFile>();
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((entry) => entry.isFile())) {
    const contentType = contentTypes[extname(entry.name)];
    if (contentType === undefined) continue;
    const file = join(entry.parentPath, entry.name);
    const body = new Uint8Array(await readFile(file));
    const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
    files.set(relative(root, file).replaceAll('\\', '/'), { body, contentType, etag });
  }
  return files;
}
