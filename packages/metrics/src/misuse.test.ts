import * as prom from 'prom-client';
import { describe, expect, test } from 'vitest';
import { BreakerMetrics, type ObservableBreaker } from './breakers/breaker-metrics.ts';
import { MetricRegistry, type PrometheusRegistry } from './exposition/metric-registry.ts';
import { SystemMetrics } from './system/system-metrics.ts';
import { parseExposition, sumOf } from './test-support/parse-exposition.ts';
import { ToolMetrics, type ToolMetricsOptions } from './tools/tool-metrics.ts';

function metricsOn(registry: PrometheusRegistry): ToolMetrics {
  return new ToolMetrics({ registry, cacheMs: 0, collectTimeoutMs: 20 });
}

async function collectErrors(metrics: ToolMetrics, metric: string): Promise<number> {
  const { body } = await metrics.exposition();
  return sumOf(parseExposition(body), 'mcp_metrics_collect_errors_total', { metric });
}

describe('an unreadable outcome', () => {
  const hostile = (field: string) =>
    Object.defineProperty({ status: 'success' }, field, { get: () => JSON.parse('}') });

  test.each(['status', 'errorType', 'durationMs', 'queueMs', 'outputBytes', 'traceId'])(
    'end() does not throw when %s does, and counts the call as a failure',
    (field) => {
      const metrics = new ToolMetrics();
      metrics.declare('ping');
      metrics.start('ping').end(hostile(field) as never);
      const { totals, tools } = metrics.snapshot();
      expect(totals).toMatchObject({ calls: 1, rejected: { status: 1 } });
      expect(tools).toMatchObject([{ tool: 'ping', count: 1, failure: 1, active: 0 }]);
    },
  );

  test.each([undefined, null, 5, 'success'])('%j instead of an outcome counts as a failure', (outcome) => {
    const metrics = new ToolMetrics();
    metrics.declare('ping');
    metrics.start('ping').end(outcome as never);
    expect(metrics.stats('ping')).toMatchObject({ count: 1, failure: 1, active: 0 });
  });
});

describe('options of a wrong type', () => {
  const sparse = (holder: Record<number, number>): number[] => Object.assign([], holder);

  test.each([5, 'abc', {}, sparse({ 1: 1 }), sparse({ 0: 1, 2: 3 })])(
    'buckets %j throw, with the name of the option',
    (wrong) => {
      for (const option of ['buckets', 'queueBuckets']) {
        expect(() => new ToolMetrics({ [option]: wrong })).toThrow(RangeError);
        expect(() => new ToolMetrics({ [option]: wrong })).toThrow(new RegExp(`^${option} must be 1 to 50 finite`));
      }
    },
  );

  test.each([{}, 5, null, prom])('an invalid registry throws, with the name of the option', (wrong) => {
    const options = { registry: wrong as never };
    for (const Part of [ToolMetrics, SystemMetrics, BreakerMetrics]) {
      expect(() => new Part(options)).toThrow(/^registry must be a prom-client registry/);
    }
  });

  test.each([{}, 5, null, Date])('an invalid clock throws, with the name of the option', (wrong) => {
    const options: ToolMetricsOptions = { clock: wrong as never };
    expect(() => new ToolMetrics(options)).toThrow(/^clock must have the functions monotonicMs, epochMs, setTimer/);
    expect(() => new SystemMetrics(options)).toThrow(/^clock must have the functions monotonicMs, epochMs/);
  });
});

describe('broken registries', () => {
  test('a constructor that throws leaves nothing on the registry', () => {
    const registry = new prom.Registry();
    registry.registerMetric(new prom.Counter({ name: 'mcp_metrics_scrape_seconds', help: 'theirs', registers: [] }));
    registry.registerMetric(new prom.Counter({ name: 'mcp_system_uptime_seconds', help: 'theirs', registers: [] }));
    registry.registerMetric(new prom.Counter({ name: 'mcp_metrics_rejected_total', help: 'theirs', registers: [] }));
    for (const Part of [ToolMetrics, SystemMetrics, BreakerMetrics]) {
      expect(() => new Part({ registry })).toThrow(/already has another metric/);
    }
    expect(registry.getMetricsAsArray()).toHaveLength(3);
  });

  test('an exposition after disposal does not register the series again', async () => {
    const registry = new prom.Registry();
    const metrics = metricsOn(registry);
    metrics[Symbol.dispose]();
    expect((await metrics.exposition()).body).toBe('');
    expect(registry.getMetricsAsArray()).toEqual([]);
  });

  test('a registry whose default labels cannot be read loses only those labels', async () => {
    for (const answer of [
      () => Promise.reject(new Error('no')),
      () => new Promise<string>(() => {}),
      () => 5 as never,
    ]) {
      class Mute extends MetricRegistry {
        getSingleMetricAsString = answer;
      }
      expect((await metricsOn(new Mute()).exposition()).body).toContain('mcp_metrics_calls_total 0');
    }
  });

  test('a registered object that is no metric is counted as an error', async () => {
    const nameless = Object.defineProperty({}, 'name', { get: () => JSON.parse('}') });
    class Junk extends MetricRegistry {
      override getMetricsAsArray(): readonly object[] {
        return [...super.getMetricsAsArray(), null as never, nameless, 5 as never];
      }
    }
    expect(await collectErrors(metricsOn(new Junk()), 'unnamed')).toBe(3);
  });

  test('a family whose source throws loses its own lines', async () => {
    const registry = new MetricRegistry();
    const metrics = metricsOn(registry);
    let broken = false;
    const clock = {
      monotonicMs: () => (broken ? Number(JSON.parse('}')) : 0),
      epochMs: () => 0,
    };
    expect(new SystemMetrics({ registry, clock }).snapshot().uptimeSeconds).toBe(0);
    broken = true;
    const { body } = await metrics.exposition();
    expect(body).toContain('mcp_system_requests_total 0');
    expect(body).not.toContain('mcp_system_uptime_seconds');
    expect(await collectErrors(metrics, 'mcp_system_uptime_seconds')).toBe(1);
  });
});

describe('invalid callbacks', () => {
  test.each([{}, 5, 'x', null, new AbortController()])('a wrapped call is not broken by %s as its signal', (wrong) => {
    const metrics = new ToolMetrics();
    metrics.declare('ping');
    expect(metrics.wrap('ping', () => 7, { signal: () => wrong as never })()).toBe(7);
    expect(metrics.stats('ping')).toMatchObject({ success: 1, active: 0 });
  });

  test('a wrapped method keeps its this', () => {
    const metrics = new ToolMetrics();
    function read(this: { count: number }): number {
      return this.count;
    }
    expect({ count: 2, read: metrics.wrap('ping', read) }.read()).toBe(2);
  });

  test('a breaker whose on() throws is not added', async () => {
    const breakers = new BreakerMetrics();
    const deaf = {
      name: 'ping',
      state: 'open',
      on: () => JSON.parse('}') as Disposable,
      stats: () => ({ totals: { success: 1, failure: 0, rejected: 0, ignored: 0 } }),
    } satisfies ObservableBreaker;
    expect(() => breakers.watch(deaf)).toThrow(SyntaxError);
    const metrics = metricsOn(breakers.registry);
    expect((await metrics.exposition()).body).not.toContain('ping');
  });
});
