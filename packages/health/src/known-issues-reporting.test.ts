// Problems reported for other health libraries, about reports and shutdown. The list with links is in docs/known-issues.md of this package.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CheckDefinition } from './check-definition.ts';
import type { HealthMonitor } from './monitor/health-monitor.ts';
import { healthResponse } from './report/health-json.ts';
import { PRIORITIES, STATUSES } from './status.ts';
import { createCheck, createMonitor, neverReturn } from './test-support/monitor-fixture.ts';

describe('a failing check neither delays a report nor is left out of it (nestjs/terminus#1960, #1284, twentyhq/twenty#10186)', () => {
  test('a check that fails or hangs does not delay the response', async () => {
    const { clock, monitor } = createMonitor({
      checks: [createCheck('memory', { run: neverReturn }), createCheck('other')],
    });
    monitor.start();
    await clock.advanceAsync(0);
    expect(healthResponse(monitor.report(), { detail: true }).status).toBe(503);
    expect(monitor.report().checks).toMatchObject([{ status: 'unknown' }, { status: 'healthy' }]);
  });

  test('each result affects the overall status according to its priority', async () => {
    const worker = (priority: CheckDefinition['priority']): CheckDefinition =>
      createCheck('worker', { priority, run: () => ({ status: 'unhealthy' }) });
    const statuses = PRIORITIES.map(
      async (priority) => (await createMonitor({ checks: [worker(priority)] }).monitor.refresh()).status,
    );
    expect(await Promise.all(statuses)).toEqual(['unhealthy', 'degraded', 'healthy']);
  });
});

describe('readiness fails as soon as shutdown begins (gajus/lightship#25, #22)', () => {
  test.each([
    ['drain', (monitor: HealthMonitor) => monitor.drain('SIGTERM')],
    ['disposal', (monitor: HealthMonitor) => void monitor[Symbol.asyncDispose]()],
  ])('readiness is 503 in the same tick as %s, liveness stays 200', async (_what, end) => {
    const { monitor } = createMonitor({ checks: [createCheck('a', { groups: ['live', 'ready'] })] });
    await monitor.refresh();
    expect(healthResponse(monitor.report('ready'), { detail: false }).status).toBe(200);
    end(monitor);
    expect(healthResponse(monitor.report('ready'), { detail: false }).status).toBe(503);
    expect(healthResponse(monitor.report('live'), { detail: false }).status).toBe(200);
  });
});

describe('the overall status does not depend on the order of the results (CloudNativeJS/cloud-health-connect#2)', () => {
  test('the overall status is the same for every order of the results', async () => {
    const part = fc.record({ status: fc.constantFrom(...STATUSES), priority: fc.constantFrom(...PRIORITIES) });
    const timed = fc.tuple(part, fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 }));
    await fc.assert(
      fc.asyncProperty(fc.array(timed, { minLength: 1, maxLength: 6 }), async (parts) => {
        const overall = async (delayOf: (index: number) => number): Promise<string> => {
          const checks = parts.map(([{ status, priority }], index) =>
            createCheck(`check ${index}`, {
              priority,
              run: () => new Promise((resolve) => void clock.setTimer(delayOf(index), () => resolve({ status }))),
            }),
          );
          const { clock, monitor } = createMonitor({ checks });
          monitor.start();
          await clock.advanceAsync(50);
          return monitor.report().status;
        };
        expect(await overall((index) => parts[index]?.[1] ?? 1)).toBe(await overall((index) => parts[index]?.[2] ?? 1));
      }),
      { numRuns: 50 },
    );
  });
});
