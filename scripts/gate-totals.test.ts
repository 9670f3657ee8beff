import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { add, failed, takeTotals, vitestTotals, type VitestReport } from './gate-totals.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gate-totals-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function reportOf(...testResults: VitestReport['testResults']): VitestReport {
  return { numPassedTests: 3, numPendingTests: 1, numTodoTests: 1, testResults };
}

test('each failed test is named by file and full title, with the first line of its message', () => {
  const assertionResults = [
    { fullName: 'a queue is fair', status: 'failed', failureMessages: ['Error: expected 1\n    at x.ts:1', 'later'] },
    { fullName: 'a queue is short', status: 'passed', failureMessages: [] },
  ];
  const report = reportOf({ name: '/r/e2e/queue.test.ts', status: 'failed', message: '', assertionResults });
  expect(vitestTotals(report, '/r')).toEqual({
    passed: 3,
    failed: 1,
    skipped: 2,
    failures: ['e2e/queue.test.ts > a queue is fair: Error: expected 1'],
  });
});

test('a file that cannot be loaded is one failure with its reason', () => {
  const report = reportOf({ name: '/r/a.test.ts', status: 'failed', message: 'No such module', assertionResults: [] });
  expect(vitestTotals(report, '/r')).toMatchObject({ failed: 1, failures: ['a.test.ts: No such module'] });
});

test('a gate that left no report has failed, and a report is read once', () => {
  const file = join(folder, 'totals.json');
  expect(takeTotals(file)).toMatchObject({ failed: 1, failures: [`it left no ${file} that can be read`] });
  writeFileSync(file, JSON.stringify({ passed: 2, failed: 0, skipped: 0, failures: [] }));
  expect(takeTotals(file)).toMatchObject({ passed: 2, failed: 0 });
  expect(takeTotals(file).failed).toBe(1);
});

test('totals are added with all their failures', () => {
  expect(add(failed('one'), failed('two', 'three'))).toMatchObject({ failed: 3, failures: ['one', 'two', 'three'] });
});
