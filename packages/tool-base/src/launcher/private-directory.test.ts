import { mkdtempSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, expect, test } from 'vitest';

import { PrivateDirectories } from './private-directory.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function create(): PrivateDirectories {
  const directories = new PrivateDirectories();
  folders.push(directories.path);
  return directories;
}

test('every run gets a new directory that only its user can enter', () => {
  const directories = create();
  const [first, second] = [directories.create(), directories.create()];
  expect(first).not.toBe(second);
  expect(statSync(first).mode & 0o777).toBe(0o700);
});

test('a parent that was removed is created again', async () => {
  const directories = create();
  await directories.removeAll();
  expect(statSync(directories.create()).isDirectory()).toBe(true);
});

test('a parent that was replaced by a link is not followed', () => {
  const directories = create();
  const elsewhere = mkdtempSync(join(tmpdir(), 'elsewhere-'));
  folders.push(elsewhere, `${directories.path}.moved`);
  renameSync(directories.path, `${directories.path}.moved`);
  symlinkSync(elsewhere, directories.path);
  expect(() => directories.create()).toThrow(expect.objectContaining({ code: 'ENOTDIR' }));
});
