import type { CheckReport, HealthReport } from './health-report.ts';
import type { HealthStatus } from '../status.ts';

/** The media type of draft-inadarei-api-health-check. */
export const HEALTH_JSON = 'application/health+json';

const HEALTH_JSON_STATUS: Readonly<Record<HealthStatus, 'pass' | 'warn' | 'fail'>> = {
  healthy: 'pass',
  degraded: 'warn',
  unknown: 'fail',
  unhealthy: 'fail',
};

function checkJson(check: CheckReport): Record<string, unknown> {
  const { time, status, lastStatus } = check;
  return {
    componentType: check.componentType,
    status: HEALTH_JSON_STATUS[status],
    observedValue: check.observedValue,
    observedUnit: check.observedUnit,
    time: time === undefined ? undefined : new Date(time).toISOString(),
    // The draft omits `output` for `pass`; a check that passes only because of damping still shows its message.
    output: status === 'healthy' && lastStatus === 'healthy' ? undefined : check.message,
    // The draft has no members for the rest; its readers ignore unknown members.
    healthStatus: status,
    lastStatus,
    priority: check.priority,
    source: check.source,
    durationMs: check.durationMs,
    stale: check.stale || undefined,
    stuck: check.stuck || undefined,
    metadata: check.metadata,
  };
}

/** `name:measurement`, after the draft. */
function keyOf({ name, measurement }: CheckReport): string {
  return measurement === undefined ? name : `${name}:${measurement}`;
}

/** The body as an object. Without `detail` it has the status only. */
export function healthJson(report: HealthReport, options: { readonly detail: boolean }): Record<string, unknown> {
  const status = HEALTH_JSON_STATUS[report.status];
  if (!options.detail) return { status };
  return {
    status,
    notes: report.draining ? [`draining: ${report.draining.reason}`] : undefined,
    checks: Object.fromEntries(
      Object.entries(Object.groupBy(report.checks, keyOf)).map(([key, checks]) => [key, checks?.map(checkJson)]),
    ),
  };
}

/** 200 for healthy and degraded, else 503. */
export function healthStatusCode(status: HealthStatus): 200 | 503 {
  return status === 'healthy' || status === 'degraded' ? 200 : 503;
}

const detailedBodies = new WeakMap<HealthReport, string>();

/** A monitor returns the same frozen report until something changes, so its detailed body is serialised once. */
function bodyOf(report: HealthReport, options: { readonly detail: boolean }): string {
  const cached = options.detail ? detailedBodies.get(report) : undefined;
  if (cached !== undefined) return cached;
  const body = `${JSON.stringify(healthJson(report, options))}\n`;
  if (options.detail && Object.isFrozen(report)) detailedBodies.set(report, body);
  return body;
}

/**
 * The response to a probe, as a web-standard `Response`. Use `detail: true` for authorised callers only, since names, messages
 * and measured values reveal internals. The public view is `{"status":"pass"}`.
 */
export function healthResponse(report: HealthReport, options: { readonly detail: boolean }): Response {
  return new Response(bodyOf(report, options), {
    status: healthStatusCode(report.status),
    headers: { 'content-type': HEALTH_JSON, 'cache-control': 'no-store' },
  });
}
