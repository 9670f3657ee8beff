import { expect, test } from 'vitest';

import { issuerCheck } from './issuer-check.ts';

const TIMING = { periodMs: 30_000, timeoutMs: 5_000 };

test.each([
  [{ problem: undefined, hasKeys: true }, { status: 'healthy' }],
  [
    { problem: 'Silent.', hasKeys: true },
    { status: 'degraded', message: 'Silent.' },
  ],
  [
    { problem: 'Silent.', hasKeys: false },
    { status: 'unhealthy', message: 'Silent.' },
  ],
])('an issuer with %j is %j', async (found, expected) => {
  const check = issuerCheck({ checkIssuer: () => Promise.resolve(found) }, TIMING);
  expect(await check.run({ signal: new AbortController().signal })).toEqual(expected);
});
