import { HealthMonitor, type HealthReport, type HealthStatus } from '@mcp/health';
import { expect, test } from 'vitest';

import { ManualClock } from '../foundation/test-support/manual-clock.ts';
import { combineHealth } from './combine-health.ts';

async function reportOf(statuses: Readonly<Record<string, HealthStatus>>): Promise<HealthReport> {
  const checks = Object.entries(statuses).map(([name, status]) => ({
    name,
    priority: 'critical' as const,
    run: () => ({ status }),
  }));
  const monitor = new HealthMonitor({ clock: new ManualClock(), checks });
  await monitor.refresh();
  return monitor.report();
}

test('of each check the worst result counts, and the worst status of all workers', async () => {
  const own = await reportOf({ disk: 'healthy', memory: 'degraded' });
  const others = [
    await reportOf({ disk: 'unhealthy', memory: 'healthy' }),
    await reportOf({ disk: 'degraded', tool_ping: 'healthy' }),
  ];
  const combined = combineHealth(own, others);
  expect(combined.status).toBe('unhealthy');
  expect(Object.fromEntries(combined.checks.map(({ name, status }) => [name, status]))).toEqual({
    disk: 'unhealthy',
    memory: 'degraded',
    tool_ping: 'healthy',
  });
  expect(combined.counts).toEqual({ healthy: 1, degraded: 1, unknown: 0, unhealthy: 1 });
});

test('without other workers the report is that of the one who answers', async () => {
  const own = await reportOf({ disk: 'healthy' });
  expect(combineHealth(own, [])).toEqual(own);
});
