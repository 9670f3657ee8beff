import type { CheckReport, HealthReport } from './health-report.ts';
import type { HealthStatus } from './status.ts';

/** The media type of draft-inadarei-api-health-check. */
export const HEALTH_JSON = 'application/health+json';

const WORDS: Readonly<Record<HealthStatus, 'pass' | 'warn' | 'fail'>> = {
  healthy: 'pass',
  degraded: 'warn',
  unknown: 'fail',
  unhealthy: 'fail',
};

function checkJson(check: CheckReport): Record<string, unknown> {
  const { time, status, lastStatus } = check;
  return {
    componentType: check.componentType,
    status: WORDS[status],
    observedValue: check.observedValue,
    observedUnit: check.observedUnit,
    time: time === undefined ? undefined : new Date(time).toISOString(),
    // The draft leaves `output` out of what passes; a pass that only damping upholds still has something to tell.
    output: status === 'healthy' && lastStatus === 'healthy' ? undefined : check.message,
    // From here on the draft has no member; it lets its readers ignore those they do not know.
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

/** The body as an object. Without `detail` it is the status and nothing else. */
export function healthJson(report: HealthReport, options: { readonly detail: boolean }): Record<string, unknown> {
  const status = WORDS[report.status];
  if (!options.detail) return { status };
  return {
    status,
    notes: report.draining ? [`draining: ${report.draining.reason}`] : undefined,
    checks: Object.fromEntries(
      Object.entries(Object.groupBy(report.checks, keyOf)).map(([key, checks]) => [key, checks?.map(checkJson)]),
    ),
  };
}

/** 200 for healthy and degraded, 503 for the rest. */
export function healthStatusCode(status: HealthStatus): 200 | 503 {
  return status === 'healthy' || status === 'degraded' ? 200 : 503;
}

const detailedBodies = new WeakMap<HealthReport, string>();

/** A monitor gives the same frozen report until something changes, so its detailed body is written once. */
function bodyOf(report: HealthReport, options: { readonly detail: boolean }): string {
  const known = options.detail ? detailedBodies.get(report) : undefined;
  if (known !== undefined) return known;
  const body = `${JSON.stringify(healthJson(report, options))}\n`;
  if (options.detail && Object.isFrozen(report)) detailedBodies.set(report, body);
  return body;
}

/**
 * The answer to a probe, as a web-standard `Response`. Give `detail: true` to authorised callers only: names, messages and
 * measured values tell an attacker about the inside; the public view is `{"status":"pass"}` and nothing else.
 */
export function healthResponse(report: HealthReport, options: { readonly detail: boolean }): Response {
  return new Response(bodyOf(report, options), {
    status: healthStatusCode(report.status),
    headers: { 'content-type': HEALTH_JSON, 'cache-control': 'no-store' },
  });
}
