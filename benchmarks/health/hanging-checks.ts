import { HealthMonitor } from '@mcp/health';
import type { CheckDefinition } from '@mcp/health';
import { timed } from './measure.ts';
import type { Verdict } from './measure.ts';

const TIMEOUT_MS = 1000;
const ROUNDS = 5;

/** Fifty checks, of which ten ignore their signal and never come back; the worst of five rounds. */
export async function hangingChecks(): Promise<Verdict> {
  let worst = 0;
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
    worst = Math.max(worst, await timed(() => monitor.refresh()));
    const { counts } = monitor.report();
    if (counts.healthy !== 40 || counts.unhealthy !== 10) throw new Error(`wrong answer: ${JSON.stringify(counts)}`);
    void monitor[Symbol.asyncDispose]();
  }
  return { what: `50 checks, 10 hang, timeout ${TIMEOUT_MS} ms`, measured: worst, limit: TIMEOUT_MS + 50, unit: 'ms' };
}
