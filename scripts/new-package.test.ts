import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
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
}, 60_000);

test('a new package does not mention the template', () => {
  const folder = createPackage(root, 'rate-limiter', 'Limits calls.');
  const manifest = readFileSync(join(folder, 'package.json'), 'utf8');
  expect(JSON.parse(manifest)).toMatchObject({ name: '@mcp/rate-limiter', description: 'Limits calls.' });
  for (const file of ['package.json', 'README.md', 'vitest.config.ts', 'src/index.ts']) {
    expect(readFileSync(join(folder, file), 'utf8')).not.toMatch(/mcp.hello|'hello'|Says hello/);
  }
});

test.each(['', 'Rate', 'rate_limiter', '../escape', 'rate-', '-rate', '9lives'])(
  '"%s" is not a package name',
  (name) => {
    expect(() => createPackage(root, name, 'Limits calls.')).toThrow('is not a package name');
  },
);

test.each(['', 'Says "hello".', 'Ends */ a comment.'])('%j is not a description', (description) => {
  expect(() => createPackage(root, 'rate-limiter', description)).toThrow('the description is one sentence');
});

test('an existing package is not changed', () => {
  createPackage(root, 'rate-limiter', 'Limits calls.');
  expect(() => createPackage(root, 'rate-limiter', 'Something else.')).toThrow('packages/rate-limiter exists already');
});
