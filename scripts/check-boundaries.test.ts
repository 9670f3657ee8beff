import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { boundaryProblems } from './check-boundaries.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'boundaries-'));
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

/** What is wrong with a repository that holds this file, which imports that. */
function problemsOf(file: string, specifier: string): string[] {
  write(file, `export * from '${specifier}';\n`);
  if (/^(?:packages|apps)\//u.test(file)) write(join(...file.split('/').slice(0, 2), 'package.json'), '{}');
  return boundaryProblems(root);
}

function write(file: string, text: string): void {
  const path = join(root, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

test.each([
  ['a file of its own', 'packages/health/src/index.ts', './monitor.ts'],
  ['a package of somebody else', 'packages/config/src/index.ts', 'valibot'],
  ['the breaker, from tool-base', 'packages/tool-base/src/tool.ts', '@mcp/circuit-breaker'],
  ['every package, from the server', 'apps/server/src/main.ts', '@mcp/config'],
  ['the dashboard, from a type test of the server', 'apps/server/src/answers.test-d.ts', '@mcp/dashboard'],
  ['a public entry, from an example', 'examples/health-alone.ts', '@mcp/health'],
])('%s may be imported', (_, file, specifier) => {
  expect(problemsOf(file, specifier)).toEqual([]);
});

test.each([
  ['a package beside, from a leaf', 'packages/health/src/index.ts', '@mcp/metrics'],
  ['a package beside, from one that has no line yet', 'packages/rate-limiter/src/index.ts', '@mcp/metrics'],
  ['the private dashboard, from the server', 'apps/server/src/main.ts', '@mcp/dashboard'],
  ['the server, from a package', 'packages/tool-base/src/tool.ts', '@mcp/server'],
  ['the inside of a package that may be imported', 'apps/server/src/main.ts', '@mcp/config/src/index.ts'],
  ['a file of another package by its path', 'packages/health/src/index.ts', '../../metrics/src/index.ts'],
  ['the inside of a package, from an example', 'examples/health-alone.ts', '../packages/health/src/monitor.ts'],
])('%s may not be imported', (_, file, specifier) => {
  expect(problemsOf(file, specifier)).toEqual([expect.stringContaining(specifier)]);
});

test('a file whose name says nothing is named', () => {
  expect(problemsOf('packages/health/src/helpers.ts', './monitor.ts')).toEqual([
    expect.stringContaining('the name says nothing'),
  ]);
});
