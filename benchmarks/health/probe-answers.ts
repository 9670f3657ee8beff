// A thousand simultaneous readers of a monitor with fifty checks, one of them running: how long does each wait for its
// response, from the start of its own read and from the start of all? No read may run a check.
import { HealthMonitor, healthResponse } from '@mcp/health';
import type { CheckDefinition } from '@mcp/health';
import { quick } from '../harness/quick.ts';
import { againstTime, percentile, printResults } from '../harness/table.ts';

const READERS = 1000;
const ROUNDS = quick ? 3 : 30;

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
const row = (what: string, times: readonly number[], limit: string): string[] => [
  what,
  percentile(times, 0.5).toFixed(3),
  percentile(times, 0.99).toFixed(3),
  limit,
];
printResults({
  title: `Answers to ${READERS} readers of a health report at once`,
  method: `50 checks, ${ROUNDS} rounds; the check that is under way ran ${executions === 1 ? 'once' : `${executions} times`}`,
  columns: ['', 'p50, ms', 'p99, ms', 'p99 at most, ms'],
  rows: [
    row('one word, from when its turn came', own, againstTime(1, percentile(own, 0.99))),
    row('one word, from when all asked', sinceAsked, ''),
    row('every check in detail', detailed, againstTime(1, percentile(detailed, 0.99))),
  ],
});
if (executions !== 1) throw new Error(`readers started ${executions} runs`);
