/**
 * Problems reported to the issue trackers of metrics libraries, which this package must not have. The bounds of time and
 * memory that belong to them are in benchmarks/bounds/metrics.ts.
 */
import * as promio from '@prometheus-io/client';
import * as prom from 'prom-client';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { CALL_STATUSES, ERROR_TYPES, SystemMetrics, ToolMetrics } from './index.ts';
import { ManualClock } from './test-support/manual-clock.ts';
import { parseExposition, sumOf } from './test-support/parse-exposition.ts';

afterEach(() => {
  prom.register.clear();
});

function declared(count: number, options: ConstructorParameters<typeof ToolMetrics>[0] = {}): ToolMetrics {
  const metrics = new ToolMetrics({ cacheMs: 0, ...options });
  for (let i = 0; i < count; i++) metrics.declare(`tool_${i}`);
  return metrics;
}

describe('known issues of metrics libraries', () => {
  // https://github.com/prometheus/client_js/issues/334
  // https://github.com/prometheus/client_js/issues/439
  // https://github.com/tdeekens/promster/issues/200
  test('the module can be loaded 100 times on one registry', async () => {
    for (let i = 0; i < 100; i++) {
      vi.resetModules();
      const copy = await import('./index.ts');
      const metrics = new copy.ToolMetrics({ registry: prom.register });
      expect(new copy.SystemMetrics({ registry: prom.register }).registry).toBe(prom.register);
      expect(new copy.BreakerMetrics({ registry: prom.register }).registry).toBe(prom.register);
      metrics.declare('ping');
      metrics.start('ping').end({ status: 'success' });
    }
    const series = parseExposition(await prom.register.metrics());
    expect(sumOf(series, 'mcp_tool_execution_total', { tool: 'ping' })).toBe(100);
  });

  // https://github.com/cadence-workflow/cadence/issues/5398
  // https://github.com/prometheus/client_java/issues/770
  test('50,000 undeclared names leave at most 1001 tools', async () => {
    const metrics = declared(1000);
    const call = (i: number) => metrics.start(`hostile_${i}`).end({ status: 'failure', errorType: `boom ${i}` });
    for (let i = 0; i < 50_000; i++) call(i);
    expect(metrics.snapshot().tools.length).toBe(1001);
    // Declared names are up to the owner of the server; the number of series is limited all the same.
    for (let i = 0; i < 50_000; i++) metrics.declare(`declared_${i}`);
    expect(metrics.snapshot().tools.length).toBe(1001);
  });

  // https://github.com/triggerdotdev/trigger.dev/issues/2819
  test('free text never becomes a value of error_type', async () => {
    const metrics = declared(1);
    for (let i = 0; i < 1000; i++) metrics.start('tool_0').end({ status: 'failure', errorType: `ENOENT /tmp/${i}` });
    const series = parseExposition((await metrics.exposition()).body);
    expect(sumOf(series, 'mcp_tool_errors_total', { error_type: 'other' })).toBe(1000);
    expect(sumOf(series, 'mcp_metrics_rejected_total', { field: 'error_type' })).toBe(1000);
    const seen = new Set(series.flatMap(({ labels }) => labels.error_type ?? []));
    expect([...seen].every((type) => (ERROR_TYPES as readonly string[]).includes(type))).toBe(true);
  });

  // https://github.com/Unleash/unleash/issues/8000
  test('after a day of calls the sum over all series is the number of calls', async () => {
    const clock = new ManualClock(Date.UTC(2026, 0, 1));
    const metrics = declared(50, { clock });
    let seed = 1;
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    let calls = 0;
    for (let minute = 0; minute < 24 * 60; minute++) {
      for (let i = 0; i < 40; i++) {
        const call = metrics.start(`tool_${random(55)}`);
        clock.advance(random(1500));
        call.end({ status: CALL_STATUSES[random(5)] ?? 'failure', errorType: ERROR_TYPES[random(15)] });
        calls++;
      }
      clock.advance(30_000);
      if (minute % 60 === 0) await metrics.exposition();
    }
    const series = parseExposition((await metrics.exposition()).body);
    expect(sumOf(series, 'mcp_tool_execution_total')).toBe(calls);
    expect(metrics.snapshot().tools.reduce((sum, { count }) => sum + count, 0)).toBe(calls);
    expect(sumOf(series, 'mcp_tool_active')).toBe(0);
  });

  // https://github.com/prometheus/client_js/issues/628
  // https://github.com/prometheus/client_js/issues/677
  // https://github.com/prometheus/client_js/issues/385
  test.each([
    ['prom-client', prom.Registry, prom.AggregatorRegistry],
    ['@prometheus-io/client', promio.Registry as never as typeof prom.Registry, promio.Registry as never],
  ] as [string, typeof prom.Registry, typeof prom.AggregatorRegistry][])(
    'the workers of a cluster add up, with %s',
    async (_, Registry, Aggregator) => {
      const workers = [1, 2].map((worker) => {
        const registry = new Registry();
        const metrics = declared(1, { registry });
        for (let i = 0; i < worker; i++) metrics.start('tool_0').end({ status: 'success', durationMs: 20 });
        metrics.start('tool_0');
        return registry;
      });
      const collected = await Promise.all(workers.map(async (registry) => registry.getMetricsAsJSON()));
      const series = parseExposition(await Aggregator.aggregate(collected).metrics());
      expect(sumOf(series, 'mcp_tool_execution_total', { status: 'success' })).toBe(3);
      expect(sumOf(series, 'mcp_tool_execution_seconds_bucket', { le: '0.025' })).toBe(3);
      expect(sumOf(series, 'mcp_tool_active')).toBe(2);
    },
  );

  // https://github.com/prometheus/client_js/issues/523
  // https://github.com/prometheus/client_js/issues/490
  // https://github.com/prometheus/client_js/issues/287
  test('no timer runs between scrapes, and default labels set later apply to existing series', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout' || name === 'Immediate');
    const before = timers();
    const registry = new prom.Registry();
    const metrics = declared(10, { registry });
    metrics.start('tool_0').end({ status: 'success' });
    expect(timers()).toEqual(before);
    expect(new SystemMetrics({ registry }).snapshot().eventLoopDelay).toBeNull();

    registry.setDefaultLabels({ zone: 'eu' });
    await registry.metrics();
    metrics.start('tool_0').end({ status: 'success' });
    const labels = { tool: 'tool_0', status: 'success', error_type: 'none' };
    for (const body of [await registry.metrics(), (await metrics.exposition()).body]) {
      const series = parseExposition(body).filter((one) => one.name === 'mcp_tool_execution_total' && one.value > 0);
      expect(series).toEqual([{ name: 'mcp_tool_execution_total', labels: { ...labels, zone: 'eu' }, value: 2 }]);
    }
  });

  // https://github.com/prometheus/client_js/issues/561
  test('the event-loop gauge samples continuously, and the duration of a scrape is a metric of its own', async () => {
    using system = new SystemMetrics({ eventLoop: true });
    const metrics = new ToolMetrics({ registry: system.registry, cacheMs: 0 });
    const { body } = await metrics.exposition();
    const stats = parseExposition(body).filter(({ name }) => name === 'mcp_system_event_loop_delay_seconds');
    expect(stats.map(({ labels }) => labels.stat)).toEqual(['mean', 'p50', 'p99', 'max']);
    expect(stats.every(({ value }) => Number.isFinite(value) && value >= 0)).toBe(true);
    expect(body).toContain('# TYPE mcp_metrics_scrape_seconds gauge');
  });

  // https://github.com/open-telemetry/opentelemetry-js/issues/5493
  test('raw URLs as tool names share one series by default', async () => {
    const metrics = new ToolMetrics();
    for (let i = 0; i < 5000; i++) metrics.start(`https://example.test/users/${i}?q=1`).end({ status: 'success' });
    const series = parseExposition((await metrics.exposition()).body);
    expect(new Set(series.flatMap(({ labels }) => labels.tool ?? []))).toEqual(new Set(['__unknown__']));
    expect(sumOf(series, 'mcp_tool_execution_total')).toBe(5000);
    expect(sumOf(series, 'mcp_metrics_rejected_total', { field: 'tool' })).toBe(5000);
  });

  describe('invalid values', () => {
    test.each([Number.NaN, Infinity, -Infinity, -1, 7 * 24 * 3_600_000 + 1, 1e300])(
      'a duration or queue time of %d is rejected and counted, and the call still counts',
      async (bad) => {
        const metrics = declared(1);
        metrics
          .start('tool_0')
          .end({ status: 'success', durationMs: bad, queueMs: bad, outputBytes: -1, traceId: 'a b' });
        metrics
          .start('tool_0')
          .end({ status: 'success', durationMs: 20, queueMs: 20, outputBytes: 0.5, traceId: '"}' });
        const series = parseExposition((await metrics.exposition({ openMetrics: true })).body);
        expect(sumOf(series, 'mcp_tool_execution_total')).toBe(2);
        expect(sumOf(series, 'mcp_tool_execution_seconds_sum')).toBe(0.02);
        expect(sumOf(series, 'mcp_tool_queue_seconds_sum')).toBe(0.02);
        expect(sumOf(series, 'mcp_tool_output_bytes_total')).toBe(0);
        const rejected = (field: string) => sumOf(series, 'mcp_metrics_rejected_total', { field });
        expect(['duration', 'queue', 'output_bytes', 'trace_id'].map(rejected)).toEqual([1, 1, 2, 1]);
      },
    );

    test('a clock that steps back loses one duration', () => {
      const clock = new ManualClock(Date.UTC(2026, 0, 1));
      const metrics = declared(1, { clock });
      const call = metrics.start('tool_0');
      clock.advance(-5000);
      call.end({ status: 'success' });
      expect(metrics.stats('tool_0')).toMatchObject({ count: 1, lifetime: { executions: 0 } });
      expect(metrics.snapshot().totals.rejected.duration).toBe(1);
    });

    test('an unknown status counts as a failure', () => {
      const metrics = declared(1);
      metrics.start('tool_0').end({ status: 'exploded' as 'failure' });
      expect(metrics.stats('tool_0')).toMatchObject({ failure: 1 });
      expect(metrics.snapshot().totals.rejected.status).toBe(1);
    });

    test.each([
      undefined,
      null,
      'success',
      {},
      { status: null, durationMs: 5n, queueMs: Symbol('x'), outputBytes: '7' },
    ])('an outcome of %o does not throw, and counts as a failure', (outcome) => {
      const metrics = declared(1);
      metrics.start('tool_0').end(outcome as never);
      expect(metrics.stats('tool_0')).toMatchObject({ failure: 1, active: 0, outputBytes: 0 });
      expect(metrics.snapshot().totals.rejected.status).toBe(1);
    });

    test('a collector that throws and one that never settles lose their own lines, and the scrape ends in time', async () => {
      const clock = new ManualClock();
      const registry = new prom.Registry();
      const metrics = declared(1, { registry, clock });
      registry.registerMetric({ name: 'throws', get: () => JSON.parse('{') as object } as never);
      registry.registerMetric({ name: 'hangs', get: async () => new Promise(() => {}) } as never);
      const scrape = metrics.exposition();
      await clock.advanceAsync(500);
      const series = parseExposition((await scrape).body);
      expect(sumOf(series, 'mcp_metrics_collect_errors_total', { metric: 'throws' })).toBe(1);
      expect(sumOf(series, 'mcp_metrics_collect_errors_total', { metric: 'hangs' })).toBe(1);
      expect(sumOf(series, 'mcp_metrics_tools')).toBe(1);
    });
  });
});
