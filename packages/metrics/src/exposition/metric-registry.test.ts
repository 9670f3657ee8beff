import * as promio from '@prometheus-io/client';
import * as prom from 'prom-client';
import { describe, expect, test } from 'vitest';
import { MetricRegistry, type PrometheusRegistry, ToolMetrics } from '../index.ts';

// Compiles only while the registries of both libraries fit our port without a cast.
const registries: [string, PrometheusRegistry][] = [
  ['prom-client, Registry', new prom.Registry()],
  ['prom-client, AggregatorRegistry', new prom.AggregatorRegistry()],
  ['@prometheus-io/client, Registry', new promio.Registry()],
  ['our own MetricRegistry', new MetricRegistry()],
];

describe('a registry can be', () => {
  test.each(registries)('%s', async (_, registry) => {
    using metrics = new ToolMetrics({ registry });
    metrics.declare('ping');
    expect((await metrics.exposition()).body).toContain('mcp_tool_active{tool="ping"} 0\n');
  });
});

describe('MetricRegistry', () => {
  test('a second metric of the same name throws, and the same one twice does not', () => {
    const registry = new MetricRegistry();
    const metric = { name: 'x' };
    registry.registerMetric(metric);
    registry.registerMetric(metric);
    expect(() => registry.registerMetric({ name: 'x' })).toThrow('A metric named x is already registered');
    registry.removeSingleMetric('x');
    expect(registry.getMetricsAsArray()).toEqual([]);
  });
});
