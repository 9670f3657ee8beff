import { describe, expect, test } from 'vitest';
import { SystemMetrics } from './system-metrics.ts';
import { ManualClock } from '../test-support/manual-clock.ts';
import { parseExposition, sumOf } from '../test-support/parse-exposition.ts';
import { ToolMetrics } from '../tools/tool-metrics.ts';

describe('SystemMetrics', () => {
  test('starts at 0 with every key present', () => {
    expect(new SystemMetrics({ clock: new ManualClock(Date.UTC(2026, 0, 1)) }).snapshot()).toEqual({
      startedAt: '2026-01-01T00:00:00.000Z',
      uptimeSeconds: 0,
      requests: 0,
      errors: 0,
      errorRate: 0,
      activeRequests: 0,
      activeConnections: 0,
      eventLoopDelay: null,
    });
  });

  test('a request is counted once, when it ends', () => {
    const system = new SystemMetrics();
    const [good, bad] = [system.requestStarted(), system.requestStarted()];
    expect(system.snapshot()).toMatchObject({ requests: 0, activeRequests: 2 });
    bad.end(false);
    bad.end(true);
    good.end(true);
    expect(system.snapshot()).toMatchObject({ requests: 2, errors: 1, errorRate: 0.5, activeRequests: 0 });
  });

  test('a connection closes once, so the gauge never goes below 0', () => {
    const system = new SystemMetrics();
    const [one, two] = [system.connectionOpened(), system.connectionOpened()];
    one[Symbol.dispose]();
    one[Symbol.dispose]();
    expect(system.snapshot().activeConnections).toBe(1);
    two[Symbol.dispose]();
    expect(system.snapshot().activeConnections).toBe(0);
  });

  test('its series are in the exposition of ToolMetrics on the same registry', async () => {
    const clock = new ManualClock(Date.UTC(2026, 0, 1));
    const metrics = new ToolMetrics({ clock });
    const system = new SystemMetrics({ registry: metrics.registry, clock });
    system.requestStarted().end(false);
    system.requestStarted();
    system.connectionOpened();
    clock.advance(90_500);
    const series = parseExposition((await metrics.exposition()).body);
    const read = (name: string) => sumOf(series, `mcp_system_${name}`);
    expect(read('requests_total')).toBe(1);
    expect(read('errors_total')).toBe(1);
    expect(read('active_requests')).toBe(1);
    expect(read('active_connections')).toBe(1);
    expect(read('uptime_seconds')).toBe(90.5);
  });

  test('the event loop is monitored only with eventLoop, and no longer after disposal', () => {
    const system = new SystemMetrics({ eventLoop: true });
    const delay = system.snapshot().eventLoopDelay;
    expect(Object.values(delay ?? { none: Number.NaN }).every((ms) => Number.isFinite(ms) && ms >= 0)).toBe(true);
    system[Symbol.dispose]();
    expect(system.registry.getMetricsAsArray()).toEqual([]);
  });
});
