import { describe, expect, test } from 'vitest';
import type { CheckDefinition } from '../check-definition.ts';
import { healthResponse } from './health-json.ts';
import { HealthMonitor } from '../monitor/health-monitor.ts';
import type { HealthStatus } from '../status.ts';
import { ManualClock } from '../test-support/manual-clock.ts';

async function monitorOf(...checks: CheckDefinition[]): Promise<HealthMonitor> {
  const monitor = new HealthMonitor({ clock: new ManualClock(Date.UTC(2026, 0, 1)), random: () => 0.5, checks });
  await monitor.refresh();
  return monitor;
}

function critical(status: HealthStatus, rest: Partial<CheckDefinition> = {}): CheckDefinition {
  return { name: 'db', priority: 'critical', run: () => ({ status, message: 'why' }), ...rest };
}

describe('the response to a probe', () => {
  test.each([
    ['healthy', 200, 'pass'],
    ['degraded', 200, 'warn'],
    ['unhealthy', 503, 'fail'],
    ['unknown', 503, 'fail'],
  ] as const)('for %s is status %i and %s', async (status, code, word) => {
    const response = healthResponse((await monitorOf(critical(status))).report(), { detail: false });
    expect(response.status).toBe(code);
    expect(response.headers.get('content-type')).toBe('application/health+json');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual({ status: word });
  });

  test('is 503 for a report that is itself unknown', () => {
    const report = { ...new HealthMonitor().report(), status: 'unknown' } as const;
    expect(healthResponse(report, { detail: false }).status).toBe(503);
  });

  test('shows only the status without detail, also while draining', async () => {
    const monitor = await monitorOf(critical('unhealthy', { name: 'secret-db' }));
    monitor.drain('moving to host 7');
    expect(await healthResponse(monitor.report(), { detail: false }).text()).toBe('{"status":"fail"}\n');
  });

  test('shows each check as in the draft, with further members, in the detailed view', async () => {
    const monitor = await monitorOf(
      critical('degraded', {
        measurement: 'responseTime',
        componentType: 'datastore',
        run: () => ({ status: 'degraded', message: 'slow', observedValue: 812, observedUnit: 'ms', source: 'ping' }),
      }),
    );
    expect(await healthResponse(monitor.report(), { detail: true }).json()).toEqual({
      status: 'warn',
      checks: {
        'db:responseTime': [
          {
            componentType: 'datastore',
            status: 'warn',
            observedValue: 812,
            observedUnit: 'ms',
            time: '2026-01-01T00:00:00.000Z',
            output: 'slow',
            healthStatus: 'degraded',
            lastStatus: 'degraded',
            priority: 'critical',
            source: 'ping',
            durationMs: 0,
          },
        ],
      },
    });
  });

  test('has no output for a check that passes, except when it passes because of damping', async () => {
    const statuses: HealthStatus[] = ['healthy', 'unhealthy'];
    const monitor = await monitorOf(
      critical('healthy', {
        failureThreshold: 2,
        run: () => ({ status: statuses.shift() ?? 'healthy', message: 'the reason' }),
      }),
    );
    const output = async (): Promise<unknown> => {
      const body = (await healthResponse(monitor.report(), { detail: true }).json()) as {
        checks: { db: { output?: string }[] };
      };
      return body.checks.db[0]?.output;
    };
    expect(await output()).toBeUndefined();
    await monitor.refresh();
    expect(monitor.report().status).toBe('healthy');
    expect(await output()).toBe('the reason');
  });

  test('lists both of two checks with the same key', async () => {
    const monitor = await monitorOf(
      critical('healthy', { name: 'a:b' }),
      critical('healthy', { name: 'a', measurement: 'b' }),
    );
    const body = (await healthResponse(monitor.report(), { detail: true }).json()) as {
      checks: Record<string, unknown[]>;
    };
    expect(body.checks['a:b']).toHaveLength(2);
  });

  test('the detailed view shows the newest run, not a cached response', async () => {
    const statuses: HealthStatus[] = ['healthy', 'unhealthy'];
    const monitor = await monitorOf(critical('healthy', { run: () => ({ status: statuses.shift() ?? 'healthy' }) }));
    const first = await healthResponse(monitor.report(), { detail: true }).text();
    expect(await healthResponse(monitor.report(), { detail: true }).text()).toBe(first);
    await monitor.refresh();
    expect(await healthResponse(monitor.report(), { detail: true }).json()).toMatchObject({ status: 'fail' });
  });

  test('the detailed view says that the server is draining', async () => {
    const monitor = await monitorOf();
    monitor.drain('SIGTERM');
    expect(await healthResponse(monitor.report('ready'), { detail: true }).json()).toMatchObject({
      status: 'fail',
      notes: ['draining: SIGTERM'],
    });
  });
});
