import { describe, expect, test } from 'vitest';
import { overallStatus } from './status.ts';
import type { Group, HealthStatus, Priority } from './status.ts';

const table: readonly [Priority, HealthStatus, Group | undefined, HealthStatus][] = [
  ['critical', 'healthy', undefined, 'healthy'],
  ['critical', 'degraded', undefined, 'degraded'],
  ['critical', 'unknown', undefined, 'unhealthy'],
  ['critical', 'unknown', 'ready', 'unhealthy'],
  ['critical', 'unknown', 'startup', 'unhealthy'],
  ['critical', 'unknown', 'live', 'degraded'],
  ['critical', 'unhealthy', 'live', 'unhealthy'],
  ['critical', 'unhealthy', 'ready', 'unhealthy'],
  ['important', 'healthy', undefined, 'healthy'],
  ['important', 'degraded', undefined, 'degraded'],
  ['important', 'unknown', undefined, 'degraded'],
  ['important', 'unhealthy', undefined, 'degraded'],
  ['important', 'unhealthy', 'ready', 'degraded'],
  ['informational', 'degraded', undefined, 'healthy'],
  ['informational', 'unknown', undefined, 'healthy'],
  ['informational', 'unhealthy', undefined, 'healthy'],
];

describe('the overall status', () => {
  test.each(table)('with one %s check that is %s, in group %s, is %s', (priority, status, group, expected) => {
    expect(overallStatus([{ priority, status }], group)).toBe(expected);
  });

  test('is healthy with no checks', () => {
    expect(overallStatus([])).toBe('healthy');
  });

  test('is the worst contribution', () => {
    const checks = [
      { priority: 'important', status: 'unhealthy' },
      { priority: 'critical', status: 'unhealthy' },
      { priority: 'critical', status: 'healthy' },
    ] as const;
    expect(overallStatus(checks)).toBe('unhealthy');
    expect(overallStatus(checks.slice(0, 1))).toBe('degraded');
  });
});
