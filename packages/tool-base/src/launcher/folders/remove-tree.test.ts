import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';

import { removeFolder } from './remove-folder.ts';
import { removeTree } from './remove-tree.ts';

const root = mkdtempSync(join(tmpdir(), 'tree-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function folderOf(files: number, ...path: string[]): string {
  const folder = join(root, ...path);
  mkdirSync(folder, { recursive: true });
  for (let file = 0; file < files; file += 1) writeFileSync(join(folder, `file${file}`), '');
  return folder;
}

test('a folder that a program replaces by a link while it is removed leads nowhere', async () => {
  const kept = folderOf(500, 'kept');
  const inside = folderOf(500, 'run', 'folder');
  const removed = removeFolder(join(root, 'run'));
  while (readdirSync(inside).length === 500) await setImmediate();
  renameSync(inside, join(root, 'moved'));
  symlinkSync(kept, inside);
  await removed;
  expect(readdirSync(kept)).toHaveLength(500);
  expect(existsSync(join(root, 'run'))).toBe(false);
});

test.runIf(process.platform === 'linux')('everything that a program may leave is removed', async () => {
  const kept = folderOf(1, 'outside');
  const run = folderOf(3, 'run', 'a', 'b');
  writeFileSync(Buffer.concat([Buffer.from(`${run}/`), Buffer.from([0xff, 0xfe])]), '');
  symlinkSync(kept, join(run, 'link'));
  symlinkSync('/nowhere', join(run, 'dangling'));
  await removeTree(join(root, 'run'));
  expect(existsSync(join(root, 'run'))).toBe(false);
  expect(readdirSync(kept)).toHaveLength(1);
});

test('folders of any depth, and those that a program has locked, are removed', async () => {
  const deep = Array.from({ length: 200 }, () => 'd');
  folderOf(1, 'deep', ...deep);
  chmodSync(folderOf(1, 'deep', 'locked'), 0);
  await removeFolder(join(root, 'deep'));
  expect(existsSync(join(root, 'deep'))).toBe(false);
});
