import * as prom from 'prom-client';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../test-support/manual-clock.ts';
import { parseExposition, sumOf } from '../test-support/parse-exposition.ts';
import { ToolMetrics } from '../tools/tool-metrics.ts';

function gauge(registry: prom.Registry, name: string, collect: () => void | Promise<void>): prom.Gauge {
  return new prom.Gauge({ name, help: name, collect, registers: [registry] });
}

describe('a scrape', () => {
  function counted(options: { cacheMs?: number } = {}) {
    const clock = new ManualClock(Date.UTC(2026, 0, 1));
    const registry = new prom.Registry();
    let collections = 0;
    const collect = () => void collections++;
    gauge(registry, 'probe', collect);
    const metrics = new ToolMetrics({ registry, clock, ...options });
    return { metrics, clock, collections: () => collections };
  }

  test('concurrent scrapes share one run', async () => {
    const { metrics, collections } = counted({ cacheMs: 0 });
    const bodies = await Promise.all(Array.from({ length: 50 }, async () => (await metrics.exposition()).body));
    expect(new Set(bodies).size).toBe(1);
    expect(collections()).toBe(1);
  });

  test('the response is cached for one second, each format separately', async () => {
    const { metrics, clock, collections } = counted();
    metrics.declare('ping');
    const first = await metrics.exposition();
    metrics.start('ping').end({ status: 'success' });
    clock.advance(999);
    expect(await metrics.exposition()).toBe(first);
    expect((await metrics.exposition({ openMetrics: true })).body).toContain('# EOF');
    expect(collections()).toBe(2);
    clock.advance(1);
    expect((await metrics.exposition()).body).toContain('mcp_metrics_calls_total 1\n');
  });

  test('the cached text is freed after the second', async () => {
    const { metrics, clock } = counted();
    await metrics.exposition();
    expect(clock.pendingTimers).toBe(1);
    clock.advance(1000);
    expect(clock.pendingTimers).toBe(0);
    await metrics.exposition();
    metrics[Symbol.dispose]();
    expect(clock.pendingTimers).toBe(0);
  });

  test('rendering 1000 tools yields to the event loop several times', async () => {
    const metrics = new ToolMetrics({ cacheMs: 0 });
    for (let i = 0; i < 1000; i++) metrics.declare(`tool_${i}`);
    let turns = 0;
    let running = true;
    const turn = () => {
      turns++;
      if (running) setImmediate(turn);
    };
    setImmediate(turn);
    await metrics.exposition();
    running = false;
    expect(turns).toBeGreaterThanOrEqual(3);
  });

  test('a metric that throws or rejects is left out and counted', async () => {
    const registry = new prom.Registry();
    gauge(registry, 'throws', () => {
      throw new Error('no');
    });
    gauge(registry, 'rejects', async () => Promise.reject(new Error('no')));
    const malformed = {
      none: 'nonsense',
      noHelp: { name: 'noHelp', values: [] },
      noSample: { name: 'noSample', help: '', values: [null] },
    };
    for (const [name, result] of Object.entries(malformed))
      registry.registerMetric({ name, get: async () => result } as never);
    gauge(registry, 'works', () => undefined).set(1);
    const metrics = new ToolMetrics({ registry, cacheMs: 0 });
    await metrics.exposition();
    const { body } = await metrics.exposition();
    const series = parseExposition(body);
    expect(sumOf(series, 'works')).toBe(1);
    for (const metric of ['throws', 'rejects', ...Object.keys(malformed)]) {
      expect(sumOf(series, 'mcp_metrics_collect_errors_total', { metric })).toBe(2);
      expect(body).not.toContain(`# TYPE ${metric}`);
    }
  });

  test('a collector that never settles is left out after the timeout, and not started again before it settles', async () => {
    const clock = new ManualClock();
    const registry = new prom.Registry();
    let started = 0;
    let settle = () => {};
    const collect = async () => {
      started++;
      await new Promise<void>((resolve) => {
        settle = resolve;
      });
    };
    gauge(registry, 'hangs', collect);
    const metrics = new ToolMetrics({ registry, cacheMs: 0, clock });
    const errors = (body: string) =>
      sumOf(parseExposition(body), 'mcp_metrics_collect_errors_total', { metric: 'hangs' });

    const first = metrics.exposition();
    await clock.advanceAsync(500);
    expect(errors((await first).body)).toBe(1);
    expect(errors((await metrics.exposition()).body)).toBe(2);
    expect(started).toBe(1);

    settle();
    await clock.advanceAsync(0);
    const third = metrics.exposition();
    await clock.advanceAsync(0);
    expect(started).toBe(2);
    settle();
    expect(parseExposition((await third).body).some(({ name }) => name === 'hangs')).toBe(true);
  });

  test('concurrent scrapes in both formats share the collection of another metric', async () => {
    const { metrics, collections } = counted({ cacheMs: 0 });
    const [text, openMetrics] = await Promise.all([metrics.exposition(), metrics.exposition({ openMetrics: true })]);
    for (const { body } of [text, openMetrics]) expect(body).toContain('# TYPE probe gauge\nprobe 0\n');
    expect(collections()).toBe(1);
    expect((await metrics.exposition()).body).not.toContain('mcp_metrics_collect_errors_total{');
  });

  test('the duration of a scrape is reported', async () => {
    const clock = new ManualClock(Date.UTC(2026, 0, 1));
    const registry = new prom.Registry();
    gauge(registry, 'slow', () => clock.advance(250));
    const metrics = new ToolMetrics({ registry, clock, cacheMs: 0 });
    await metrics.exposition();
    expect(sumOf(parseExposition((await metrics.exposition()).body), 'mcp_metrics_scrape_seconds')).toBe(0.25);
  });
});
