import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createPackage } from './new-package.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'new-package-'));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

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
