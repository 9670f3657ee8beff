// Fifty checks, of which ten ignore their signal and never come back: when are all answers there?
import { HealthMonitor } from '@mcp/health';
import type { CheckDefinition } from '@mcp/health';
import { quick } from '../harness/quick.ts';
import { against, printResults, show, spread } from '../harness/table.ts';

const TIMEOUT_MS = 1000;
const ROUNDS = quick ? 1 : 5;

const times: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  const checks = Array.from({ length: 50 }, (_unused, index): CheckDefinition => {
    const hangs = index % 5 === 0;
    return {
      name: `check ${index}`,
      priority: 'critical',
      timeoutMs: TIMEOUT_MS,
      run: () => (hangs ? new Promise(() => undefined) : { status: 'healthy' }),
    };
  });
  const monitor = new HealthMonitor({ checks });
  const startedAt = performance.now();
  await monitor.refresh();
  times.push(performance.now() - startedAt);
  const { counts } = monitor.report();
  if (counts.healthy !== 40 || counts.unhealthy !== 10) throw new Error(`wrong answer: ${JSON.stringify(counts)}`);
  void monitor[Symbol.asyncDispose]();
}
const measured = spread(times);
printResults({
  title: 'Health checks that hang',
  method: `${ROUNDS} rounds; median (least-greatest)`,
  columns: ['', 'ms', 'at most'],
  rows: [
    [`50 checks, 10 hang, timeout ${TIMEOUT_MS} ms`, show(measured, 0), against(TIMEOUT_MS + 50, measured.greatest)],
  ],
});
