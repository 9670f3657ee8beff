import { expect, test } from 'vitest';

import { apiCheck } from './api-check.ts';
import type { ApiReport } from './api-report.ts';

const WELL: ApiReport = {
  key: 'crm',
  baseUrl: 'https://crm.lab.internal',
  servers: [],
  operations: [{ operation: 'GET /a', operationId: 'a', outcome: 'offered', tool: 'crm_a' }],
  token: { state: 'valid', renewedInMs: 1, requests: 1, failures: 0 },
  requests: { requests: 9, failed: 2, serverErrors: 0, failedInARow: 2, bytesRead: 0, waitedMs: 0, lastFailure: null },
  openBreakers: [],
};

test.each<[Partial<ApiReport>, string, string | undefined]>([
  [{}, 'healthy', undefined],
  [{ token: null }, 'healthy', undefined],
  [{ token: { ...WELL.token!, state: 'failed' } }, 'unhealthy', 'The token URL gives no access token.'],
  [{ requests: { ...WELL.requests, failedInARow: 3 } }, 'unhealthy', 'The last 3 requests had no answer.'],
  [{ operations: [] }, 'degraded', 'None of its operations is offered.'],
  [{ openBreakers: ['crm_a'] }, 'degraded', 'Circuit breakers are open: 1 of 1.'],
])('%j is %s', async (report, status, message) => {
  const check = apiCheck('crm', { periodMs: 1000, timeoutMs: 100 }, () => ({ ...WELL, ...report }));
  expect([check.name, check.priority]).toEqual(['api_crm', 'informational']);
  expect(await check.run({ signal: new AbortController().signal })).toEqual({ status, ...(message && { message }) });
});
