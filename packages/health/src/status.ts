/** The status of a check or of all checks together. `unknown`: not measured yet, or the last measurement is too old. */
export type HealthStatus = 'healthy' | 'degraded' | 'unknown' | 'unhealthy';

/** How a check affects the overall status: see {@link overallStatus}. */
export type Priority = 'critical' | 'important' | 'informational';

/** The probe that includes a check: restart the process (`live`), send it traffic (`ready`), startup has finished (`startup`). */
export type Group = 'live' | 'ready' | 'startup';

export const GROUPS: readonly Group[] = ['live', 'ready', 'startup'];

/** The order in which checks are started and listed. */
export const PRIORITIES: readonly Priority[] = ['critical', 'important', 'informational'];

/** From best to worst; the aggregation is monotone in this order. */
export const STATUSES: readonly HealthStatus[] = ['healthy', 'degraded', 'unknown', 'unhealthy'];

const SEVERITY: Readonly<Record<HealthStatus, number>> = { healthy: 0, degraded: 1, unknown: 2, unhealthy: 3 };

/** 0 (best) to 3 (worst). */
export function severity(status: HealthStatus): number {
  return SEVERITY[status];
}

/** The contribution of one check to the overall status. Each row is non-decreasing in severity, so their maximum is monotone. */
const CONTRIBUTION: Readonly<Record<Priority, Readonly<Record<HealthStatus, HealthStatus>>>> = {
  critical: { healthy: 'healthy', degraded: 'degraded', unknown: 'unhealthy', unhealthy: 'unhealthy' },
  important: { healthy: 'healthy', degraded: 'degraded', unknown: 'degraded', unhealthy: 'degraded' },
  informational: { healthy: 'healthy', degraded: 'healthy', unknown: 'healthy', unhealthy: 'healthy' },
};

function contribution(priority: Priority, status: HealthStatus, group: Group | undefined): HealthStatus {
  // An unknown check is no reason to restart a process: liveness is only degraded.
  if (group === 'live' && priority === 'critical' && status === 'unknown') return 'degraded';
  return CONTRIBUTION[priority][status];
}

/**
 * The status of a set of checks, for one probe or, without `group`, for all of them.
 *
 * A critical check that is unhealthy or unknown makes it `unhealthy` (for `live`, unknown makes it `degraded`). An important
 * one that is unhealthy or unknown, and any critical or important one that is degraded, makes it `degraded`. Informational
 * checks never change it. No checks: `healthy`. Never returns `unknown`. A worse input never gives a better result.
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
