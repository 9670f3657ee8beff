import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { ATTEMPTS, filesOf, writtenNames } from '../tried/attempts.ts';

const document = readFileSync('docs/tried.md', 'utf8').replaceAll('`', '').replaceAll('\\', '');

test.each(Object.entries(ATTEMPTS))('docs/tried.md is up to date: %s', (title, patterns) => {
  const files = filesOf(patterns);
  expect(files).not.toEqual([]);
  expect(document).toContain(`## ${title}\n`);
  const named = files.flatMap((file) => [file, ...writtenNames(file)]);
  const unnamed = named.filter((name) => !document.includes(name.replaceAll(/[`\\]/gu, '')));
  expect(unnamed, 'run node scripts/tried/write-tried.ts').toEqual([]);
});

test('every verdict in docs/tried.md is a pass, or a skip on the machine of the run', () => {
  const rows = [...document.matchAll(/^\| (?<cells>[^|]+(?:\| +\d+ +){4})\|$/gmu)];
  const counts = rows.map(({ groups }) => (groups?.['cells'] ?? '').split('|').slice(1).map(Number));
  expect(counts).toHaveLength(Object.keys(ATTEMPTS).length + 1);
  for (const [tests = 0, passed = 0, failed = 0, skipped = 0] of counts) {
    expect([failed, passed + skipped]).toEqual([0, tests]);
    expect(passed).toBeGreaterThan(0);
  }
});
