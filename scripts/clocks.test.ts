// Time is read from the clock of a package or of the server, so that tests need not wait.
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, test } from 'vitest';

const READS_TIME = /\bDate\.now\b|\bperformance\.now\b|\bnew Date\(\)|\bprocess\.hrtime\b|(?<!new )\bDate\(\)/u;

test('only clock.ts reads the time of the system', () => {
  const files = globSync('{packages,apps}/*/src/**/*.ts').filter(
    (file) => basename(file) !== 'clock.ts' && !/\.test(?:-d)?\.ts$|\/(?:test-support|testing)\//u.test(file),
  );
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((file) => readFileSync(file, 'utf8').search(READS_TIME) >= 0).sort()).toEqual([]);
});
