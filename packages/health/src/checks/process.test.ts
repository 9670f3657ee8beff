import { describe, expect, test } from 'vitest';
import type { CheckDefinition, CheckOutcome } from '../check-definition.ts';
import { processCheck } from './process.ts';

async function run(check: CheckDefinition): Promise<CheckOutcome> {
  return check.run({ signal: new AbortController().signal });
}

describe('the process check', () => {
  test('measures the heap, and shows pid, uptime, memory and CPU of this process', async () => {
    expect(await run(processCheck())).toMatchObject({
      status: 'healthy',
      observedUnit: 'percent',
      metadata: {
        pid: process.pid,
        uptimeSeconds: expect.any(Number),
        rssBytes: expect.any(Number),
        cpuPercent: expect.any(Number),
      },
    });
  });

  test('is unknown when the figures give no percentage', async () => {
    const heap = () => ({ used_heap_size: 0, heap_size_limit: 0 });
    expect(await run(processCheck({ heap }))).toMatchObject({ status: 'unknown' });
  });

  test('is degraded when the heap is near its limit', async () => {
    const heap = () => ({ used_heap_size: 95, heap_size_limit: 100 });
    expect(await run(processCheck({ heap }))).toMatchObject({ status: 'degraded', observedValue: 95 });
    expect(await run(processCheck({ heap, thresholdPercent: 95 }))).toMatchObject({ status: 'healthy' });
  });
});
