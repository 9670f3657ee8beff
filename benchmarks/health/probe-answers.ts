import { HealthMonitor, healthResponse } from '@mcp/health';
import type { CheckDefinition } from '@mcp/health';
import { percentile } from './measure.ts';
import type { Verdict } from './measure.ts';

const READERS = 1000;
const ROUNDS = 30;

/**
 * A thousand readers at once ask a monitor of fifty checks while one of them is under way: how long each waits for its
 * Response from when its turn comes, and from when all of them asked. Nobody's question may run a check.
 */
export async function probeAnswers(): Promise<Verdict[]> {
  let executions = 0;
  const slow = Promise.withResolvers<{ status: 'healthy' }>();
  const checks = Array.from({ length: 50 }, (_unused, index): CheckDefinition => {
    return {
      name: `check ${index}`,
      priority: 'important',
      run: () => {
        if (index > 0) return { status: 'healthy' };
        executions += 1;
        return slow.promise;
      },
    };
  });
  await using monitor = new HealthMonitor({ checks });
  monitor.start();

  const own: number[] = [];
  const sinceAsked: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const askedAt = performance.now();
    const reader = async (): Promise<void> => {
      await Promise.resolve();
      const startedAt = performance.now();
      const response = healthResponse(monitor.report('ready'), { detail: false });
      const endedAt = performance.now();
      if (response.status !== 200) throw new Error(`wrong answer: ${response.status}`);
      own.push(endedAt - startedAt);
      sinceAsked.push(endedAt - askedAt);
    };
    await Promise.all(Array.from({ length: READERS }, reader));
    await new Promise((resolve) => void setImmediate(resolve));
  }
  slow.resolve({ status: 'healthy' });

  const detailed: number[] = [];
  for (let round = 0; round < READERS; round += 1) {
    const startedAt = performance.now();
    healthResponse(monitor.report(), { detail: true });
    detailed.push(performance.now() - startedAt);
  }
  const note = `p50 ${(percentile(own, 0.5) * 1000).toFixed(1)} us; since all ${READERS} asked, p99 ${percentile(sinceAsked, 0.99).toFixed(2)} ms`;
  return [
    {
      what: `answer to a probe, ${READERS} readers at once, p99`,
      measured: percentile(own, 0.99),
      limit: 1,
      unit: 'ms',
      note,
    },
    { what: 'detailed answer over 50 checks, p99', measured: percentile(detailed, 0.99), limit: 1, unit: 'ms' },
    { what: `executions for ${READERS * ROUNDS} answers`, measured: executions, limit: 1, unit: '' },
  ];
}
