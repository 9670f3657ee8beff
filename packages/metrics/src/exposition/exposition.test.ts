import * as promio from '@prometheus-io/client';
import * as prom from 'prom-client';
import { describe, expect, test } from 'vitest';
import { BreakerMetrics } from '../breakers/breaker-metrics.ts';
import { MetricRegistry, type PrometheusRegistry } from './metric-registry.ts';
import { SystemMetrics } from '../system/system-metrics.ts';
import { ManualClock } from '../test-support/manual-clock.ts';
import { parseExposition, type ParsedSeries, seriesKey, sumOf } from '../test-support/parse-exposition.ts';
import { ToolMetrics } from '../tools/tool-metrics.ts';

/** One of everything on one registry. */
function everythingOn(registry: PrometheusRegistry) {
  const clock = new ManualClock(Date.UTC(2026, 0, 1));
  const metrics = new ToolMetrics({ registry, clock, cacheMs: 0 });
  const system = new SystemMetrics({ registry, clock });
  new BreakerMetrics({ registry }).watch({
    name: 'ping',
    state: 'open',
    stats: () => ({ totals: { success: 1, failure: 2, rejected: 3, ignored: 4 } }),
    on: () => ({ [Symbol.dispose]: () => undefined }),
  });
  metrics.declare('say "hi" \\');
  metrics.start('say "hi" \\').end({ status: 'success', durationMs: 20, queueMs: 3, outputBytes: 7, traceId: 'abc' });
  metrics.start('say "hi" \\').end({ status: 'timeout', durationMs: 20_000 });
  metrics.start('made up').end({ status: 'failure', errorType: 'free text' });
  system.requestStarted().end(false);
  return { metrics, clock };
}

/** The libraries type a registry by its first content type, but let it change at run time. */
function speak(registry: { setContentType(type: never): void }, type: string): void {
  registry.setContentType(type as never);
}

const sorted = (body: string) =>
  body
    .split('\n')
    .filter((line) => line !== '')
    .sort();
const keyed = (series: readonly ParsedSeries[]) => new Map(series.map((one) => [seriesKey(one), one.value]));

describe.each([
  ['prom-client 15.1.3', prom],
  // Same names and shapes at run time; its types differ in details that do not matter here.
  ['@prometheus-io/client 0.16.1', promio as unknown as typeof prom],
])('on a registry of %s', (_, library) => {
  test('the text equals that of the library, line by line', async () => {
    const registry = new library.Registry();
    const { metrics } = everythingOn(registry);
    expect(sorted((await metrics.exposition()).body)).toEqual(sorted(await registry.metrics()));
  });

  test('OpenMetrics equals that of the library, including exemplars', async () => {
    const registry = new library.Registry();
    speak(registry, library.Registry.OPENMETRICS_CONTENT_TYPE);
    const { metrics } = everythingOn(registry);
    const { body } = await metrics.exposition({ openMetrics: true });
    expect(body).toContain('# {trace_id="abc"} 0.02');
    expect(sorted(body)).toEqual(sorted(await registry.metrics()));
  });

  test('a registry can change to OpenMetrics and back without changing the names in the text', async () => {
    const registry = new library.Registry();
    const { metrics } = everythingOn(registry);
    const before = (await metrics.exposition()).body;
    speak(registry, library.Registry.OPENMETRICS_CONTENT_TYPE);
    await registry.metrics();
    expect((await metrics.exposition()).body).toBe(before);
    speak(registry, library.Registry.PROMETHEUS_CONTENT_TYPE);
    expect(sorted(await registry.metrics())).toEqual(sorted(before));
  });

  test('other metrics of the registry are rendered in both formats, whatever their type', async () => {
    const registry = new library.Registry();
    const registers = [registry];
    new library.Counter({ name: 'jobs_total', help: 'Jobs \\ done', labelNames: ['kind'], registers }).inc(
      { kind: 'a"b' },
      2,
    );
    new library.Gauge({ name: 'depth', help: 'Depth', registers }).set(-1.5);
    new library.Histogram({ name: 'wait', help: 'Wait', labelNames: ['q'], buckets: [1, 2], registers }).observe(
      { q: 'x' },
      1,
    );
    new library.Summary({ name: 'size', help: 'Size', percentiles: [0.5], registers }).observe(3);
    const { metrics } = everythingOn(registry);
    expect(sorted((await metrics.exposition()).body)).toEqual(sorted(await registry.metrics()));
    const { body } = await metrics.exposition({ openMetrics: true });
    expect(body).toContain('# TYPE jobs counter\njobs_total{kind="a\\"b"} 2\n');
    expect(keyed(parseExposition(body))).toEqual(keyed(parseExposition((await metrics.exposition()).body)));
  });

  test('every line has the default labels of the registry, except where it has that label itself', async () => {
    const registry = new library.Registry();
    new library.Gauge({ name: 'depth', help: 'Depth', labelNames: ['zone'], registers: [registry] }).set(
      { zone: 'own' },
      1,
    );
    const { metrics } = everythingOn(registry);
    registry.setDefaultLabels({ zone: 'eu"1', tool: 'default', rack: 7 });
    const { body } = await metrics.exposition();
    expect(body).toContain('mcp_metrics_calls_total{zone="eu\\"1",tool="default",rack="7"} 3');
    expect(keyed(parseExposition(body))).toEqual(keyed(parseExposition(await registry.metrics())));
  });

  test('clear() and resetMetrics() of the registry lose no count', async () => {
    const registry = new library.Registry();
    const { metrics } = everythingOn(registry);
    registry.resetMetrics();
    registry.clear();
    expect(sumOf(parseExposition((await metrics.exposition()).body), 'mcp_tool_execution_total')).toBe(3);
  });
});

describe('without any library', () => {
  test('a MetricRegistry gives the same text', async () => {
    const own = everythingOn(new MetricRegistry());
    const theirs = everythingOn(new prom.Registry());
    expect((await own.metrics.exposition()).body).toBe((await theirs.metrics.exposition()).body);
  });

  test('parts that share a registry share one exposition', async () => {
    const metrics = new ToolMetrics();
    const system = new SystemMetrics({ registry: metrics.registry });
    system.requestStarted().end(true);
    expect((await metrics.exposition()).body).toContain('mcp_system_requests_total 1\n');
  });
});

describe('sharing a registry', () => {
  test('two ToolMetrics add up in one set of series', async () => {
    const registry = new prom.Registry();
    const [one, two] = [new ToolMetrics({ registry, cacheMs: 0 }), new ToolMetrics({ registry, cacheMs: 0 })];
    for (const metrics of [one, two]) {
      metrics.declare('ping');
      metrics.start('ping').end({ status: 'success', durationMs: 20, traceId: 'abc' });
    }
    two.declare('dig');
    const labels = { tool: 'ping', status: 'success' };
    const { body } = await one.exposition({ openMetrics: true });
    expect(sumOf(parseExposition(body), 'mcp_tool_execution_total', labels)).toBe(2);
    expect(body).toContain('le="0.025"} 2 # {trace_id="abc"}');
    two[Symbol.dispose]();
    expect(sumOf(parseExposition(await registry.metrics()), 'mcp_tool_execution_total', labels)).toBe(1);
  });

  test('disposing removes every series from the registry', async () => {
    const registry = new prom.Registry();
    const parts = [
      new ToolMetrics({ registry }),
      new SystemMetrics({ registry, eventLoop: true }),
      new BreakerMetrics({ registry }),
    ];
    for (const part of parts) part[Symbol.dispose]();
    expect(registry.getMetricsAsArray()).toEqual([]);
  });

  test('a registry with another metric of the same name, or other buckets, throws', () => {
    const taken = new prom.Registry();
    expect(new prom.Counter({ name: 'mcp_tool_execution_total', help: 'not ours', registers: [taken] })).toBeDefined();
    expect(() => new ToolMetrics({ registry: taken })).toThrow(/another metric named mcp_tool_execution_total/);
    const shared = new prom.Registry();
    expect(new ToolMetrics({ registry: shared }).registry).toBe(shared);
    expect(() => new ToolMetrics({ registry: shared, buckets: [1] })).toThrow(/with buckets 1\)/);
  });
});
