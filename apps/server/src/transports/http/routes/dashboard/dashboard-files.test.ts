import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { loadDashboardFiles, PAGE, type DashboardFile } from './dashboard-files.ts';

let folder: string;
let files: ReadonlyMap<string, DashboardFile>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mcp dashboard %41 '));
  mkdirSync(join(folder, 'views'));
  writeFileSync(join(folder, PAGE), '<!doctype html>');
  writeFileSync(join(folder, 'views/a.js'), 'export {};');
  writeFileSync(join(folder, 'views/b.js'), 'export const b = 1;');
  writeFileSync(join(folder, 'views/a.css'), 'p {}');
  writeFileSync(join(folder, 'licenses.txt'), 'MIT');
  files = await loadDashboardFiles(pathToFileURL(`${folder}/`));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the files of the dashboard', () => {
  test('are those of the build, without types that a page does not use', () => {
    expect([...files.keys()].sort()).toEqual([PAGE, 'views/a.css', 'views/a.js', 'views/b.js']);
  });

  test('have the type that browsers require', () => {
    expect(files.get(PAGE)?.contentType).toBe('text/html; charset=utf-8');
    expect(files.get('views/a.js')?.contentType).toBe('text/javascript; charset=utf-8');
    expect(files.get('views/a.css')?.contentType).toBe('text/css; charset=utf-8');
  });

  test('have entity tags made of their content', () => {
    const tags = [...files.values()].map(({ etag }) => etag);
    expect(new Set(tags).size).toBe(4);
    expect(tags[0]).toMatch(/^"[\w-]{43}"$/u);
  });

  test('cannot be loaded when the page is not built', async () => {
    await expect(loadDashboardFiles(pathToFileURL(`${folder}/nowhere/`))).rejects.toThrow('ENOENT');
  });
});
