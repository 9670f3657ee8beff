import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { acceptedAdvisories, auditOutcome } from './audit-outcome.ts';

const ID = 'GHSA-aaaa-bbbb-cccc';
const TODAY = '2026-11-25';
const finding = { code: 1, stdout: JSON.stringify({ advisories: { 7: { github_advisory_id: ID } } }), stderr: '' };

test('a known vulnerability fails, unless it is accepted and the date is not over', () => {
  expect(auditOutcome(finding, [], TODAY)).toEqual({ kind: 'failed', reason: `known vulnerabilities: ${ID}` });
  expect(auditOutcome(finding, [{ id: ID, until: '2026-12-01' }], TODAY)).toEqual({ kind: 'passed', accepted: [ID] });
  expect(auditOutcome(finding, [{ id: ID, until: TODAY }], TODAY).kind).toBe('failed');
});

test('no vulnerability passes', () => {
  expect(auditOutcome({ code: 0, stdout: '{"advisories":{}}', stderr: '' }, [], TODAY)).toEqual({
    kind: 'passed',
    accepted: [],
  });
});

test('a registry that does not answer is not taken for one that knows of nothing', () => {
  const stderr = 'Error: ERR_PNPM_AUDIT_BAD_RESPONSE\n  The audit endpoint responded with 405:';
  expect(auditOutcome({ code: 1, stdout: '', stderr }, [], TODAY)).toEqual({
    kind: 'unknown',
    reason: 'the registry answered no audit (ERR_PNPM_AUDIT_BAD_RESPONSE)',
  });
});

test.each([
  ['an error of another kind', { code: 2, stdout: '', stderr: 'unknown option' }],
  ['an answer in another form', { code: 1, stdout: '{"message":"x"}', stderr: '' }],
])('%s fails', (_, finished) => {
  expect(auditOutcome(finished, [], TODAY).kind).toBe('failed');
});

test('the accepted advisories are the rows of docs/dependencies.md, each with its reason and its end', () => {
  const table = `## Accepted advisories\n\n| advisory | package | why | until |\n| --- | --- | --- | --- |\n| ${ID} | x | y | 2026-12-01 |\n\n## Next\n`;
  expect(acceptedAdvisories(table)).toEqual([{ id: ID, until: '2026-12-01' }]);
  const document = readFileSync('docs/dependencies.md', 'utf8');
  expect(document).toContain('## Accepted advisories');
  expect(acceptedAdvisories(document).filter(({ until }) => !/^\d{4}-\d{2}-\d{2}$/u.test(until))).toEqual([]);
});
