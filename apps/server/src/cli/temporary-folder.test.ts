import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { StartError } from '../foundation/start-error.ts';
import { checkTemporaryFolder } from './temporary-folder.ts';

test('a temporary folder that cannot be used is named, with what to do', () => {
  const folder = join(tmpdir(), 'mcp-no-such-folder');
  expect(() => checkTemporaryFolder(folder)).toThrow(StartError);
  expect(() => checkTemporaryFolder(folder)).toThrow(/mcp-no-such-folder is not writable \(ENOENT\).*TMPDIR/u);
});

test('the check leaves nothing behind', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-temporary-'));
  checkTemporaryFolder(folder);
  expect(readdirSync(folder)).toEqual([]);
  rmSync(folder, { recursive: true });
});
