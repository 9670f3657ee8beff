import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, expect, test, vi } from 'vitest';

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

test('a program that makes folders beside its own does not keep the next from its folder', () => {
  const directories = create();
  directories.create();
  for (let run = 1; run < 5; run += 1) mkdirSync(join(directories.path, String(run)));
  expect(existsSync(directories.create())).toBe(true);
});

test('a parent that was removed is created again', async () => {
  const directories = create();
  await directories.removeAll();
  expect(statSync(directories.create()).isDirectory()).toBe(true);
});

test('a parent that a program has locked is opened again', () => {
  const directories = create();
  chmodSync(directories.path, 0);
  directories.create();
  expect(statSync(directories.path).mode & 0o777).toBe(0o700);
});

test('a parent that was replaced by a link is not followed', () => {
  const directories = create();
  const elsewhere = mkdtempSync(join(tmpdir(), 'elsewhere-'));
  folders.push(elsewhere, `${directories.path}.moved`);
  renameSync(directories.path, `${directories.path}.moved`);
  symlinkSync(elsewhere, directories.path);
  expect(() => directories.create()).toThrow(expect.objectContaining({ code: 'ENOTDIR' }));
});

test('no file is written where a program has put a link in the place of its folder', () => {
  const directories = create();
  const elsewhere = mkdtempSync(join(tmpdir(), 'elsewhere-'));
  folders.push(elsewhere);
  const run = directories.create();
  expect(readFileSync(directories.writeFile(run, 'FIRST', 'x'), 'utf8')).toBe('x');
  renameSync(run, `${run}.moved`);
  symlinkSync(elsewhere, run);
  expect(() => directories.writeFile(run, 'SECOND', 'x')).toThrow(/ENOTDIR|ELOOP/);
  expect(readdirSync(elsewhere)).toEqual([]);
});

test('a folder that a program has locked is removed all the same', async () => {
  const directories = create();
  const run = directories.create();
  mkdirSync(join(run, 'locked'));
  writeFileSync(join(run, 'locked/file'), '');
  chmodSync(join(run, 'locked'), 0);
  directories.remove(run);
  await vi.waitFor(() => expect(existsSync(run)).toBe(false), 10_000);
});

test.runIf(process.getuid?.() === 0)(
  'of another user only the folders of the runs are, and root follows no link in them',
  async () => {
    const owner = { uid: 65_534, gid: 65_534 };
    const directories = new PrivateDirectories(owner);
    folders.push(directories.path);
    const run = directories.create();
    expect([statSync(directories.path), statSync(run)].map(({ uid, mode }) => [uid, mode & 0o777])).toEqual([
      [0, 0o711],
      [owner.uid, 0o700],
    ]);
    const kept = create().create();
    writeFileSync(join(kept, 'file'), '');
    symlinkSync(kept, join(run, 'link'));
    mkdirSync(join(run, 'of-root'));
    expect(statSync(directories.writeFile(run, 'secret', 'x')).uid).toBe(owner.uid);
    directories.remove(run);
    await vi.waitFor(() => expect(existsSync(join(run, 'secret'))).toBe(false), 10_000);
    expect(existsSync(join(kept, 'file'))).toBe(true);
    await directories.removeAll();
    expect(existsSync(join(kept, 'file'))).toBe(true);
  },
);
