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

test('a server file may import from the layers below its own', () => {
  expect(problemsOf('apps/server/src/calls/tool-gateway.ts', '../access/principal.ts')).toEqual([]);
});

test('an import from a layer above names both files', () => {
  const [problem, ...others] = problemsOf('apps/server/src/access/principal.ts', '../calls/tool-gateway.ts');
  expect(others).toEqual([]);
  expect(problem).toContain('apps/server/src/access/principal.ts (layer access)');
  expect(problem).toContain('apps/server/src/calls/tool-gateway.ts (layer calls)');
});

test('a nested folder is a layer of its own', () => {
  expect(problemsOf('apps/server/src/transports/http/routes/calls/call-routes.ts', '../../guard/cors.ts')).toEqual([]);
  expect(problemsOf('apps/server/src/transports/http/guard/guard.ts', '../routes/mcp/mcp-routes.ts')).toHaveLength(1);
});

test('a server file outside every layer is named', () => {
  expect(problemsOf('apps/server/src/elsewhere/thing.ts', './other.ts')).toEqual([
    expect.stringContaining('apps/server/src/elsewhere/thing.ts'),
  ]);
});

test('a circle of imports names every file in it, type-only imports included', () => {
  write('packages/health/package.json', '{}');
  write('packages/health/src/one.ts', "import type { Two } from './two.ts';\n");
  write('packages/health/src/two.ts', "import { three } from './three.ts';\n");
  write('packages/health/src/three.ts', "export * from './one.ts';\n");
  write('packages/health/src/index.ts', "export * from './one.ts';\n");
  expect(boundaryProblems(root)).toEqual([
    'these files import one another: packages/health/src/one.ts, packages/health/src/three.ts, packages/health/src/two.ts',
  ]);
});

test('a circle of imports outside the packages is named too', () => {
  write('benchmarks/one.ts', "import './two.ts';\n");
  write('benchmarks/two.ts', "import './one.ts';\n");
  expect(boundaryProblems(root)).toEqual(['these files import one another: benchmarks/one.ts, benchmarks/two.ts']);
});
