import type { HealthReport } from '@mcp/health';

type Status = HealthReport['status'];
type Check = HealthReport['checks'][number];

const SEVERITY: Readonly<Record<Status, number>> = { healthy: 0, degraded: 1, unknown: 2, unhealthy: 3 };

/** One report of several workers: the worst result of each check. */
export function combineHealth(own: HealthReport, others: readonly HealthReport[]): HealthReport {
  const worst = new Map<string, Check>();
  for (const { checks } of [own, ...others]) {
    for (const check of checks) {
      const held = worst.get(check.name);
      if (!held || SEVERITY[check.status] > SEVERITY[held.status]) worst.set(check.name, check);
    }
  }
  const checks = [...worst.values()];
  const counts = { healthy: 0, degraded: 0, unknown: 0, unhealthy: 0 };
  for (const { status } of checks) counts[status] += 1;
  const statuses = [own, ...others].map(({ status }) => status);
  const status = statuses.reduce((one, other) => (SEVERITY[other] > SEVERITY[one] ? other : one));
  return { ...own, status, checks, counts };
}
