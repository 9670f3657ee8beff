import { expect, test } from 'vitest';

import type { RestApiAnswer } from '../api/answers.ts';
import { clockTime } from '../text/format.ts';
import { conditionTone, lastFailure, operationLines, restApiSummary } from './rest-api-list.ts';

const WELL: RestApiAnswer = {
  key: 'crm',
  baseUrl: 'https://crm.lab.internal',
  condition: { status: 'healthy' },
  token: null,
  requests: { requests: 3, failed: 0, serverErrors: 0, lastFailure: null },
  operations: { offered: 4, withheld: 0, notIncluded: 2 },
};
const UNHEALTHY: RestApiAnswer = {
  ...WELL,
  condition: { status: 'unhealthy', message: 'The token URL gives no access token.' },
  operations: { offered: 4, withheld: 2, notIncluded: 0 },
};

test('the summary counts what needs attention, and is empty where nothing does', () => {
  expect(restApiSummary([WELL])).toBe('');
  expect(restApiSummary([WELL, UNHEALTHY])).toBe('1 unhealthy, 2 operations withheld');
});

test('a condition has a colour, and the last failure its time', () => {
  const conditions = (['healthy', 'degraded', 'unhealthy'] as const).map((status) => conditionTone({ status }));
  expect(conditions).toEqual(['good', 'warn', 'bad']);
  expect(lastFailure(WELL.requests)).toBe('');
  expect(lastFailure({ ...WELL.requests, lastFailure: { at: 0, reason: 'HTTP 503' } })).toBe(
    `${clockTime(0)} HTTP 503`,
  );
});

test('operations of one outcome are lines with the tool or the reason', () => {
  const operations = [
    { operation: 'GET /a', outcome: 'offered', tool: 'crm_a' },
    { operation: 'POST /b', outcome: 'withheld', tool: 'crm_b', reason: 'Its body is XML.' },
    { operation: 'DELETE /c', outcome: 'not included' },
  ] as const;
  expect(operationLines(operations, 'offered')).toEqual(['GET /a as crm_a']);
  expect(operationLines(operations, 'withheld')).toEqual(['POST /b: Its body is XML.']);
  expect(operationLines(operations, 'not included')).toEqual(['DELETE /c']);
});
