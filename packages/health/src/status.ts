/** What a check, or the whole, is said to be. `unknown`: never measured, or the last measurement is too old to stand on. */
export type HealthStatus = 'healthy' | 'degraded' | 'unknown' | 'unhealthy';

/** How much a check weighs: see {@link overallStatus}. */
export type Priority = 'critical' | 'important' | 'informational';

/** Which probe asks: may the process be restarted (`live`), may it get traffic (`ready`), has it come up (`startup`). */
export type Group = 'live' | 'ready' | 'startup';

export const GROUPS: readonly Group[] = ['live', 'ready', 'startup'];

/** In the order in which checks are started and listed. */
export const PRIORITIES: readonly Priority[] = ['critical', 'important', 'informational'];

/** From best to worst; the aggregation is monotone in this order. */
export const STATUSES: readonly HealthStatus[] = ['healthy', 'degraded', 'unknown', 'unhealthy'];

const SEVERITY: Readonly<Record<HealthStatus, number>> = { healthy: 0, degraded: 1, unknown: 2, unhealthy: 3 };

/** 0 (best) to 3 (worst). */
export function severity(status: HealthStatus): number {
  return SEVERITY[status];
}

/** What one check of a priority does to the whole. Each row is non-decreasing in severity, so the maximum of them is monotone. */
const CONTRIBUTION: Readonly<Record<Priority, Readonly<Record<HealthStatus, HealthStatus>>>> = {
  critical: { healthy: 'healthy', degraded: 'degraded', unknown: 'unhealthy', unhealthy: 'unhealthy' },
  important: { healthy: 'healthy', degraded: 'degraded', unknown: 'degraded', unhealthy: 'degraded' },
  informational: { healthy: 'healthy', degraded: 'healthy', unknown: 'healthy', unhealthy: 'healthy' },
};

function contribution(priority: Priority, status: HealthStatus, group: Group | undefined): HealthStatus {
  // Not knowing is no reason to restart a process: for liveness it only degrades.
  if (group === 'live' && priority === 'critical' && status === 'unknown') return 'degraded';
  return CONTRIBUTION[priority][status];
}

/**
 * The status of a set of checks, for one probe (or, without `group`, for the whole).
 *
 * A critical check that fails or is unknown makes it `unhealthy` (for `live`, unknown only `degraded`); an important one
 * that fails or is unknown, and any critical or important one that is degraded, makes it `degraded`; informational checks
 * never change it. No checks: `healthy`. Never answers `unknown`. Making any input worse never makes the answer better.
 */
export function overallStatus(
  checks: Iterable<{ readonly priority: Priority; readonly status: HealthStatus }>,
  group?: Group,
): HealthStatus {
  let worst: HealthStatus = 'healthy';
  for (const check of checks) {
    const next = contribution(check.priority, check.status, group);
    if (SEVERITY[next] > SEVERITY[worst]) worst = next;
  }
  return worst;
}
