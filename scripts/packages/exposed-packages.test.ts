import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { exposedPackages, missingMajors, withExposing } from './exposed-packages.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exposed-'));
  mkdirSync(join(folder, 'dist'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const exposes = new Map([
  ['base', ['breaker']],
  ['server', ['base']],
  ['other', []],
]);

test('a package shows the packages that its public declarations import, at any depth, and no other that it depends on', () => {
  const write = (name: string, text: string): void => writeFileSync(join(folder, 'dist', name), text);
  write('index.d.ts', "export { type Tool } from './tool.ts';\n");
  write('tool.d.ts', "import type { State } from '@mcp/circuit-breaker';\nimport type { X } from './index.ts';\n");
  write('internal.d.ts', "import type { Metric } from '@mcp/metrics';\n");
  const dependencies = { '@mcp/circuit-breaker': 'workspace:^', '@mcp/metrics': 'workspace:^' };
  expect(exposedPackages(folder, { dependencies })).toEqual(['@mcp/circuit-breaker']);
});

test('a package that is not built is not taken for one that shows nothing', () => {
  expect(() => exposedPackages(folder, {})).toThrow(/build first/);
});

test('a major is one of every package that shows it, directly or through another', () => {
  expect([...withExposing(['breaker'], exposes)]).toEqual(['breaker', 'base', 'server']);
  expect(missingMajors(new Map([['breaker', 'major'] as const, ['base', 'patch'] as const]), exposes)).toEqual([
    'base',
    'server',
  ]);
  expect(missingMajors(new Map([['breaker', 'minor'] as const]), exposes)).toEqual([]);
  expect(
    missingMajors(new Map((['breaker', 'base', 'server'] as const).map((name) => [name, 'major'])), exposes),
  ).toEqual([]);
});
