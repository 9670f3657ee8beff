import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createPackage } from './new-package.ts';
import { mustRun } from './run-program.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'new-package-'));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

test('a package made from the template builds, type-checks and passes its tests as it is', async () => {
  const folder = createPackage(root, 'rate-limiter', 'Limits calls.');
  cpSync('tsconfig.base.json', join(root, 'tsconfig.base.json'));
  symlinkSync(resolve('packages/circuit-breaker/node_modules'), join(folder, 'node_modules'));
  const tool = (name: string): string => resolve('node_modules/.bin', name);

  await mustRun(tool('tsc'), ['-p', 'tsconfig.build.json'], { cwd: folder });
  await mustRun(tool('tsc'), ['--noEmit'], { cwd: folder });
  const { stdout } = await mustRun(tool('vitest'), ['run', '--no-color'], { cwd: folder });

  expect(existsSync(join(folder, 'dist/index.d.ts'))).toBe(true);
  expect(stdout).toContain('Tests  5 passed');
}, 240_000);
