/**
 * Eleven complaints about metrics libraries, as tests. Each name ends with where the complaint was made.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as promio from '@prometheus-io/client';
import * as prom from 'prom-client';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { CALL_STATUSES, ERROR_TYPES, SystemMetrics, ToolMetrics } from './index.ts';
import { FakeClock } from './testing/fake-clock.ts';
import { parseExposition, seriesKey, sumOf } from './testing/parse-exposition.ts';

afterEach(() => {
  vi.useRealTimers();
  prom.register.clear();
});

function declared(count: number, options: ConstructorParameters<typeof ToolMetrics>[0] = {}): ToolMetrics {
  const metrics = new ToolMetrics({ cacheMs: 0, ...options });
  for (let i = 0; i < count; i++) metrics.declare(`tool_${i}`);
  return metrics;
}

/** The longest time the event loop could not run anything else during `work`, in milliseconds. */
async function longestBlock(work: () => Promise<unknown>): Promise<number> {
  let last = performance.now();
  let longest = 0;
  let running = true;
  const turn = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (running) setImmediate(turn);
  };
  setImmediate(turn);
  await work();
  running = false;
  turn();
  return longest;
}

function heapMegabytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // Twice: buffers found dead by the first are freed by the second.
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
}

describe('complaints that must not come back', () => {
  test('1. scraping 1000 tools never blocks the event loop for more than 5 ms (prometheus/client_js#543)', async () => {
    const metrics = declared(1000);
    let shortest = Infinity;
    // The best of many: a busy machine can stop any process for longer than that, but not make it faster.
    for (let i = 0; i < 50 && shortest > 5; i++) {
      shortest = Math.min(shortest, await longestBlock(async () => metrics.exposition()));
    }
    expect(shortest).toBeLessThanOrEqual(5);
  });

  test('2. loading the module 100 times on one registry never says "already registered" (client_js#334, #439, promster#200)', async () => {
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

  test('3. 50,000 names leave at most 1001 tools, and under 1 MB (cadence#5398, client_java#770)', async () => {
    const metrics = declared(1000);
    const call = (i: number) => metrics.start(`hostile_${i}`).end({ status: 'failure', errorType: `boom ${i}` });
    call(0);
    const before = heapMegabytes();
    for (let i = 0; i < 50_000; i++) call(i);
    expect(heapMegabytes() - before).toBeLessThan(1);
    expect(metrics.snapshot().tools.length).toBe(1001);
    // Declaring them all is the owner's doing; even then the number of series stays.
    for (let i = 0; i < 50_000; i++) metrics.declare(`declared_${i}`);
    expect(metrics.snapshot().tools.length).toBe(1001);
    expect(heapMegabytes() - before).toBeLessThan(2);
  });

  test('4. free text never becomes an error_type: the set is fixed (trigger.dev#2819)', async () => {
    const metrics = declared(1);
    for (let i = 0; i < 1000; i++) metrics.start('tool_0').end({ status: 'failure', errorType: `ENOENT /tmp/${i}` });
    const series = parseExposition((await metrics.exposition()).body);
    expect(sumOf(series, 'mcp_tool_errors_total', { error_type: 'other' })).toBe(1000);
    expect(sumOf(series, 'mcp_metrics_rejected_total', { field: 'error_type' })).toBe(1000);
    const seen = new Set(series.flatMap(({ labels }) => labels.error_type ?? []));
    expect([...seen].every((type) => (ERROR_TYPES as readonly string[]).includes(type))).toBe(true);
  });

  test('5. 100,000 pairs of tool and error type make 100,000 series, none merged (client_golang#221)', async () => {
    const types = ERROR_TYPES.slice(1);
    const parts = ['x', ',tool:', ',status:failure', '"', '\\', '=', '}', '{', ' ', 'y', 'é', ',error_type:timeout'];
    const tools = Array.from({ length: Math.ceil(100_000 / types.length) }, (_, i) => {
      let name = '';
      for (let rest = i + 1; rest > 0; rest = Math.floor(rest / parts.length)) name += parts[rest % parts.length];
      return name;
    });
    expect(new Set(tools).size).toBe(tools.length);
    const metrics = new ToolMetrics({ maxTools: tools.length, window: 1, buckets: [1], queueBuckets: [1], cacheMs: 0 });
    for (const tool of tools) {
      metrics.declare(tool);
      for (const errorType of types) metrics.start(tool).end({ status: 'failure', errorType });
    }
    const series = parseExposition((await metrics.exposition()).body);
    const failures = series.filter(
      ({ name, labels }) => name === 'mcp_tool_execution_total' && labels.status === 'failure',
    );
    expect(failures.length).toBe(tools.length * types.length);
    expect(new Set(failures.map(seriesKey)).size).toBe(failures.length);
    expect(failures.every(({ value }) => value === 1)).toBe(true);
  });

  test('6. after a day of calls the sum over all series is the number of calls made (Unleash#8000)', async () => {
    const clock = new FakeClock();
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

  test.each([
    ['prom-client', prom.Registry, prom.AggregatorRegistry],
    ['@prometheus-io/client', promio.Registry as never as typeof prom.Registry, promio.Registry as never],
  ] as [string, typeof prom.Registry, typeof prom.AggregatorRegistry][])(
    '7. the workers of a cluster add up, with %s (client_js#628, #677, #385)',
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

  test('8. nothing runs while nobody asks, and default labels set late change no child (client_js#523, #490, #287)', async () => {
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

  test('9. the event-loop gauge samples all the time by itself; the time of a scrape is another metric (client_js#561)', async () => {
    using system = new SystemMetrics({ eventLoop: true });
    const metrics = new ToolMetrics({ registry: system.registry, cacheMs: 0 });
    const { body } = await metrics.exposition();
    const stats = parseExposition(body).filter(({ name }) => name === 'mcp_system_event_loop_delay_seconds');
    expect(stats.map(({ labels }) => labels.stat)).toEqual(['mean', 'p50', 'p99', 'max']);
    expect(stats.every(({ value }) => Number.isFinite(value) && value >= 0)).toBe(true);
    expect(body).toContain('# TYPE mcp_metrics_scrape_seconds gauge');
  });

  test('10. raw URLs as tool names make one series, with no option set (opentelemetry-js#5493)', async () => {
    const metrics = new ToolMetrics();
    for (let i = 0; i < 5000; i++) metrics.start(`https://example.test/users/${i}?q=1`).end({ status: 'success' });
    const series = parseExposition((await metrics.exposition()).body);
    expect(new Set(series.flatMap(({ labels }) => labels.tool ?? []))).toEqual(new Set(['__unknown__']));
    expect(sumOf(series, 'mcp_tool_execution_total')).toBe(5000);
    expect(sumOf(series, 'mcp_metrics_rejected_total', { field: 'tool' })).toBe(5000);
  });

  describe('11. bad values', () => {
    test.each([Number.NaN, Infinity, -Infinity, -1, 7 * 24 * 3_600_000 + 1, 1e300])(
      'a duration or wait of %d is refused and counted, and the call still counts (libs 0.3)',
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

    test('a clock that steps back costs that one duration', () => {
      const clock = new FakeClock();
      const metrics = declared(1, { clock });
      const call = metrics.start('tool_0');
      clock.advance(-5000);
      call.end({ status: 'success' });
      expect(metrics.stats('tool_0')).toMatchObject({ count: 1, lifetime: { executions: 0 } });
      expect(metrics.snapshot().totals.rejected.duration).toBe(1);
    });

    test('a status that does not exist is recorded as a failure', () => {
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

    test('a collector that throws and one that never settles cost their own lines, and the scrape answers in time', async () => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      const registry = new prom.Registry();
      const metrics = declared(1, { registry });
      registry.registerMetric({ name: 'throws', get: () => JSON.parse('{') as object } as never);
      registry.registerMetric({ name: 'hangs', get: async () => new Promise(() => {}) } as never);
      const scrape = metrics.exposition();
      await vi.advanceTimersByTimeAsync(500);
      const series = parseExposition((await scrape).body);
      expect(sumOf(series, 'mcp_metrics_collect_errors_total', { metric: 'throws' })).toBe(1);
      expect(sumOf(series, 'mcp_metrics_collect_errors_total', { metric: 'hangs' })).toBe(1);
      expect(sumOf(series, 'mcp_metrics_tools')).toBe(1);
    });
  });
});
