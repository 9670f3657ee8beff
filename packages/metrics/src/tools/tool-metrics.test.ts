import { describe, expect, test } from 'vitest';
import { ManualClock } from '../test-support/manual-clock.ts';
import { parseExposition, sumOf } from '../test-support/parse-exposition.ts';
import { ToolMetrics, type ToolMetricsOptions } from './tool-metrics.ts';

const HOUR_MS = 3_600_000;

function metricsWith(options: ToolMetricsOptions = {}, tools: readonly string[] = ['ping']) {
  const clock = new ManualClock(Date.UTC(2026, 0, 1));
  const metrics = new ToolMetrics({ clock, cacheMs: 0, ...options });
  for (const tool of tools) metrics.declare(tool);
  return { metrics, clock };
}

const names = (metrics: ToolMetrics) => metrics.snapshot().tools.map(({ tool }) => tool);

describe('recording', () => {
  test('every status is counted, and the duration is measured from start to end', () => {
    const { metrics, clock } = metricsWith();
    for (const status of ['success', 'failure', 'timeout', 'cancelled'] as const) {
      const call = metrics.start('ping');
      clock.advance(10);
      call.end({ status });
    }
    metrics.start('ping').end({ status: 'rejected', errorType: 'circuit_breaker_open' });
    expect(metrics.stats('ping')).toEqual({
      tool: 'ping',
      count: 5,
      success: 1,
      failure: 1,
      timeout: 1,
      rejected: 1,
      cancelled: 1,
      active: 0,
      errors: { timeout: 1, circuit_breaker_open: 1, cancelled: 1, other: 1 },
      outputBytes: 0,
      lastExecution: '2026-01-01T00:00:00.040Z',
      lifetime: { executions: 4, minMs: 10, averageMs: 10, maxMs: 10 },
      queue: { count: 0, averageMs: null },
      window: {
        size: 100,
        sampleCount: 4,
        minMs: 10,
        averageMs: 10,
        maxMs: 10,
        p50Ms: 10,
        p95Ms: 10,
        p99Ms: 10,
        // Failure and timeout among three executions that ended: a cancelled one says nothing about the tool.
        failureRate: 2 / 3,
      },
    });
  });

  test('a call is counted once, however often it is ended', async () => {
    const { metrics } = metricsWith();
    const call = metrics.start('ping');
    call.end({ status: 'success' });
    call.end({ status: 'failure' });
    call[Symbol.dispose]();
    expect(metrics.stats('ping')).toMatchObject({ count: 1, success: 1, active: 0 });
  });

  test('a call that is disposed of without an end is recorded as cancelled', () => {
    const { metrics } = metricsWith();
    expect(() => {
      using _call = metrics.start('ping');
      throw new Error('left early');
    }).toThrow('left early');
    expect(metrics.stats('ping')).toMatchObject({ cancelled: 1, active: 0 });
  });

  test('rejected calls do not count in latency statistics', () => {
    const { metrics } = metricsWith();
    metrics.start('ping').end({ status: 'rejected', errorType: 'resource_exhausted', durationMs: 5, queueMs: 30 });
    const stats = metrics.stats('ping');
    expect(stats).toMatchObject({ rejected: 1, lastExecution: null, queue: { count: 1, averageMs: 30 } });
    expect(stats?.window.sampleCount).toBe(0);
  });

  test('queue time and output bytes add up', async () => {
    const { metrics } = metricsWith();
    metrics.start('ping').end({ status: 'success', queueMs: 200, outputBytes: 1000 });
    metrics.start('ping').end({ status: 'success', queueMs: 400, outputBytes: 24 });
    expect(metrics.stats('ping')).toMatchObject({ outputBytes: 1024, queue: { count: 2, averageMs: 300 } });
    const series = parseExposition((await metrics.exposition()).body);
    expect(sumOf(series, 'mcp_tool_output_bytes_total')).toBe(1024);
    expect(sumOf(series, 'mcp_tool_queue_seconds_sum')).toBe(0.6);
    expect(sumOf(series, 'mcp_tool_queue_seconds_bucket', { le: '0.1' })).toBe(0);
    expect(sumOf(series, 'mcp_tool_queue_seconds_bucket', { le: '1' })).toBe(2);
  });

  test('a duration equal to a bound is in its bucket, because le means less than or equal', async () => {
    const { metrics } = metricsWith({ buckets: [0.1, 1] });
    for (const durationMs of [0, 100, 100.001, 1000, 5000])
      metrics.start('ping').end({ status: 'success', durationMs });
    const series = parseExposition((await metrics.exposition()).body);
    const bucket = (le: string) => sumOf(series, 'mcp_tool_execution_seconds_bucket', { le });
    expect([bucket('0.1'), bucket('1'), bucket('+Inf')]).toEqual([2, 4, 5]);
  });

  test('a declared tool starts at 0, so that increase() sees the first failure', async () => {
    const { metrics } = metricsWith();
    const series = parseExposition((await metrics.exposition()).body);
    const labels = { tool: 'ping', status: 'success', error_type: 'none' };
    expect(series).toContainEqual({ name: 'mcp_tool_execution_total', labels, value: 0 });
    expect(metrics.stats('ping')).toMatchObject({ count: 0, lastExecution: null, errors: {} });
  });

  test('exemplars with the last trace id of each bucket are in OpenMetrics only', async () => {
    const { metrics } = metricsWith();
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    metrics.start('ping').end({ status: 'success', durationMs: 20, traceId: 'older' });
    metrics.start('ping').end({ status: 'success', durationMs: 21, traceId });
    const { body, contentType } = await metrics.exposition({ openMetrics: true });
    expect(contentType).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(body).toContain(
      `mcp_tool_execution_seconds_bucket{tool="ping",le="0.025"} 2 # {trace_id="${traceId}"} 0.021 1767225600\n`,
    );
    expect(body.endsWith('# EOF\n')).toBe(true);
    expect(body).not.toContain('older');
    expect((await metrics.exposition()).body).not.toContain(traceId);
  });
});

describe('tools with their own series', () => {
  test('undeclared tools share __unknown__', () => {
    const { metrics } = metricsWith();
    metrics.start('made up').end({ status: 'success' });
    metrics.start('another').end({ status: 'success' });
    expect(names(metrics)).toEqual(['ping', '__unknown__']);
    expect(metrics.stats('__unknown__')).toMatchObject({ count: 2 });
    expect(metrics.stats('made up')).toBeUndefined();
    expect(metrics.snapshot().totals.rejected.tool).toBe(2);
  });

  test('the least recently used tool is evicted at the limit; the end of a call is a use', () => {
    const { metrics } = metricsWith({ maxTools: 2 }, ['a', 'b']);
    metrics.start('a').end({ status: 'success' });
    metrics.declare('c');
    expect(names(metrics)).toEqual(['a', 'c']);
    expect(metrics.snapshot().totals.evicted).toEqual({ lru: 1, idle: 0 });
  });

  test('an evicted tool gets a record again when it is called', () => {
    const { metrics } = metricsWith({ maxTools: 2 }, ['a', 'b', 'c']);
    metrics.start('a').end({ status: 'success' });
    expect(names(metrics)).toEqual(['c', 'a']);
    expect(metrics.stats('a')).toMatchObject({ count: 1 });
  });

  test('a tool with running calls is not evicted: if all have, another one counts as __unknown__', () => {
    const { metrics, clock } = metricsWith({ maxTools: 2 }, ['a', 'b']);
    const running = [metrics.start('a'), metrics.start('b')];
    metrics.declare('c');
    metrics.start('c').end({ status: 'success' });
    clock.advance(48 * HOUR_MS);
    expect(names(metrics)).toEqual(['a', 'b', '__unknown__']);
    for (const call of running) call.end({ status: 'success' });
    metrics.start('c').end({ status: 'success' });
    expect(metrics.stats('c')).toMatchObject({ count: 1 });
  });

  test('tools that were idle for 24 hours are evicted, and get a record again when called', () => {
    const { metrics, clock } = metricsWith({}, ['a', 'b']);
    clock.advance(20 * HOUR_MS);
    metrics.start('b').end({ status: 'success' });
    clock.advance(4 * HOUR_MS);
    expect(names(metrics)).toEqual(['a', 'b']);
    clock.advance(1);
    expect(names(metrics)).toEqual(['b']);
    expect(metrics.snapshot().totals.evicted).toEqual({ lru: 0, idle: 1 });
    metrics.start('a').end({ status: 'success' });
    expect(metrics.stats('a')).toMatchObject({ count: 1 });
  });

  test('a forgotten tool is dropped at once, or when its last running call ends', () => {
    const { metrics } = metricsWith({}, ['a', 'b']);
    const call = metrics.start('a');
    metrics.forget('a');
    metrics.forget('b');
    metrics.forget('never seen');
    expect(metrics.stats('a')).toMatchObject({ active: 1 });
    call.end({ status: 'success' });
    expect(names(metrics)).toEqual([]);
    metrics.start('a').end({ status: 'success' });
    expect(names(metrics)).toEqual(['__unknown__']);
  });

  test('a tool that was forgotten while running and declared again is kept', () => {
    const { metrics } = metricsWith();
    const call = metrics.start('ping');
    metrics.forget('ping');
    metrics.declare('ping');
    call.end({ status: 'success' });
    expect(metrics.stats('ping')).toMatchObject({ count: 1, active: 0 });
  });

  test.each([
    ['nothing', ''],
    ['129 characters', 'x'.repeat(129)],
    ['a line feed', 'a\nb'],
    ['a direction override', 'a\u202Eb'],
    ['half a surrogate pair', 'a\uD800'],
    ['the reserved name', '__unknown__'],
  ])('%s as a name is rejected and counted', (_, name) => {
    const { metrics } = metricsWith();
    expect(metrics.declare(name)).toBe(false);
    expect(metrics.snapshot().totals.rejected.tool).toBe(1);
    expect(names(metrics)).toEqual(['ping']);
  });
});

describe('options', () => {
  test.each([
    [{ maxTools: 0 }, 'maxTools must be a whole number from 1 to 100000, got 0'],
    [{ window: 1.5 }, 'window must be a whole number from 1 to 100000, got 1.5'],
    [{ idleTtlMs: Number.NaN }, 'idleTtlMs must be a number from 1 to 9007199254740991, got NaN'],
    [{ cacheMs: -1 }, 'cacheMs must be a number from 0 to 60000, got -1'],
    [{ collectTimeoutMs: 0 }, 'collectTimeoutMs must be a number from 1 to 60000, got 0'],
    [{ buckets: [1, 1] }, 'buckets must be 1 to 50 finite upper bounds in seconds, above 0 and rising, got [1, 1]'],
    [{ queueBuckets: [] }, 'queueBuckets must be 1 to 50 finite upper bounds in seconds, above 0 and rising, got []'],
  ] satisfies [ToolMetricsOptions, string][])('%j is refused with its range', (options, message) => {
    expect(() => new ToolMetrics(options)).toThrow(new RangeError(message));
  });

  test('the defaults are 1000 tools, 24 hours, 100 executions, buckets from 5 ms to 10 min', async () => {
    const metrics = new ToolMetrics();
    metrics.declare('ping');
    expect(metrics.stats('ping')?.window.size).toBe(100);
    const { body } = await metrics.exposition();
    const bounds = [...body.matchAll(/execution_seconds_bucket\{tool="ping",le="(.*?)"/g)].map(([, le]) => le);
    expect([bounds[0], bounds.at(-2), bounds.at(-1)]).toEqual(['0.005', '600', '+Inf']);
  });
});
