// A file is one idea, so that its name says all that is in it.
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const MAX_LINES = 250;

test('no source file is longer than 250 lines', () => {
  const files = globSync('{packages,apps}/*/src/**/*.{ts,tsx}').filter((file) => !/\.test(?:-d)?\.tsx?$/u.test(file));
  expect(files.length).toBeGreaterThan(100);
  const lengths = files.map((file) => ({ file, lines: readFileSync(file, 'utf8').split('\n').length - 1 }));
  expect(lengths.filter(({ lines }) => lines > MAX_LINES)).toEqual([]);
});
