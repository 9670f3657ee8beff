import { expect, test } from 'vitest';

import { JobStatistics } from '../jobs/job-statistics.ts';
import { jobStoreCheck } from './job-store-check.ts';

const context = { signal: new AbortController().signal } as never;
const timing = { periodMs: 1000, timeoutMs: 1000 };

test('health shows what the store of jobs holds, and that it does not answer', async () => {
  const statistics = new JobStatistics();
  let isDown = false;
  const usage = async (): Promise<never> => {
    if (isDown) throw new Error('secret address');
    return { jobs: new Map([['running', 2]]), outputBytes: 5, queuedMs: 0 } as never;
  };
  const check = jobStoreCheck({ usage, statistics }, timing);
  expect(await check.run(context)).toEqual({
    status: 'healthy',
    metadata: { jobs: 2, outputBytes: 5, failures: 0 },
  });
  // As of a database that became read-only.
  statistics.storeFailures += 3;
  expect(await check.run(context)).toMatchObject({ status: 'degraded', message: expect.stringContaining('3 steps') });
  expect(await check.run(context)).toMatchObject({ status: 'healthy', metadata: { failures: 3 } });
  isDown = true;
  const outcome = await check.run(context);
  expect(outcome).toMatchObject({ status: 'degraded', message: expect.stringContaining('does not answer') });
  expect(JSON.stringify(outcome)).not.toContain('secret');
});
