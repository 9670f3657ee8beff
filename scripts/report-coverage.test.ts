import { expect, test } from 'vitest';
import { coverageTable } from './report-coverage.ts';

test('the files of a package are added up, and a package without branches has no percentage for them', () => {
  const count = (covered: number, total: number) => ({ covered, total });
  const file = (covered: number) => ({ lines: count(covered, 10), functions: count(1, 1), branches: count(0, 0) });
  const summary = { total: file(0), '/r/packages/a/src/x.ts': file(5), '/r/packages/a/src/y.ts': file(10) };
  expect(coverageTable(summary, '/r').split('\n').at(-1)).toBe('| packages/a | 75.0 % | n/a | 100.0 % |');
});
