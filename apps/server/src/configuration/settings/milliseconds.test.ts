import { globSync, readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { milliseconds } from './milliseconds.ts';

test('a fraction of a second is whole milliseconds', () => {
  expect([0.25, 0.0004, 1.0005, 60].map(milliseconds)).toEqual([250, 0, 1001, 60_000]);
});

test('no other folder of the server converts seconds of the configuration', () => {
  const src = new URL('../../', import.meta.url);
  const files = globSync('**/*.ts', { cwd: src, exclude: ['configuration/**', '**/*.test.ts', '**/test-support/**'] });
  expect(files.length).toBeGreaterThan(50);
  expect(files.filter((file) => /\* 1_?000\b/.test(readFileSync(new URL(file, src), 'utf8')))).toEqual([]);
});
