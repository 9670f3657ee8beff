// Programs are started in one place of the server, as REVIEW.md and docs/security.md say.
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const IMPORTS_CHILD_PROCESS = /(?:from|import)\s*\(?\s*['"](?:node:)?child_process['"]/u;

function importersOf(folder: string): string[] {
  return globSync(`${folder}/src/**/*.ts`)
    .filter((file) => !/\.test\.ts$|\/test-support\//u.test(file))
    .filter((file) => IMPORTS_CHILD_PROCESS.test(readFileSync(file, 'utf8')))
    .sort();
}

test('the server itself starts no program', () => {
  expect(importersOf('apps/server')).toEqual([]);
});

test('in tool-base only the launcher and its check of the arguments import child_process', () => {
  const importers = importersOf('packages/tool-base');
  expect(importers).toContain('packages/tool-base/src/launcher/start-program.ts');
  for (const file of importers) {
    expect(file).toMatch(/^packages\/tool-base\/src\/launcher\/[a-z-]+\.ts$/u);
  }
});

test('of the other packages only health can start programs, in its default runner', () => {
  expect(importersOf('packages/health')).toEqual(['packages/health/src/programs/run-in-process-group.ts']);
  for (const name of ['circuit-breaker', 'config', 'metrics']) expect(importersOf(`packages/${name}`)).toEqual([]);
});

test('the documents name the files that may start programs', () => {
  const gate = 'packages/tool-base/src/launcher/start-program.ts';
  const runner = 'packages/health/src/programs/run-in-process-group.ts';
  for (const document of ['REVIEW.md', 'docs/security.md']) {
    const text = readFileSync(document, 'utf8');
    expect(text).toContain(gate);
    expect(text).toContain(runner);
  }
});
