import { expect, test } from 'vitest';
import { parseExposition, sumOf } from '../test-support/parse-exposition.ts';
import { ToolMetrics } from './tool-metrics.ts';

function metricsWith(errorTypes: readonly string[]): ToolMetrics {
  const metrics = new ToolMetrics({ cacheMs: 0, errorTypes });
  metrics.declare('ping');
  return metrics;
}

test('a type of the option errorTypes has its own series and is no rejected value', async () => {
  const metrics = metricsWith(['quota_exceeded', 'timeout']);
  metrics.start('ping').end({ status: 'failure', errorType: 'quota_exceeded' });
  metrics.start('ping').end({ status: 'rejected', errorType: 'quota_exceeded' });
  metrics.start('ping').end({ status: 'failure', errorType: 'something else' });
  const series = parseExposition((await metrics.exposition()).body);
  expect(sumOf(series, 'mcp_tool_execution_total', { status: 'failure', error_type: 'quota_exceeded' })).toBe(1);
  expect(sumOf(series, 'mcp_tool_errors_total', { error_type: 'quota_exceeded' })).toBe(2);
  expect(sumOf(series, 'mcp_tool_errors_total', { error_type: 'other' })).toBe(1);
  expect(sumOf(series, 'mcp_metrics_rejected_total', { field: 'error_type' })).toBe(1);
  expect(metrics.stats('ping')).toMatchObject({ count: 3, errors: { quota_exceeded: 2, other: 1 } });
});

test('a wrapped function records an error of such a type', async () => {
  const metrics = metricsWith(['quota_exceeded']);
  const fail = (type: string) => metrics.wrap('ping', () => Promise.reject(Object.assign(new Error('no'), { type })));
  await expect(fail('quota_exceeded')()).rejects.toThrow('no');
  await expect(fail('unknown')()).rejects.toThrow('no');
  expect(metrics.stats('ping')?.errors).toEqual({ quota_exceeded: 1, execution_error: 1 });
});

test('two ToolMetrics with different error types share a registry', async () => {
  const one = metricsWith(['quota_exceeded']);
  const two = new ToolMetrics({ registry: one.registry });
  two.declare('ping');
  one.start('ping').end({ status: 'failure', errorType: 'quota_exceeded' });
  two.start('ping').end({ status: 'failure', errorType: 'quota_exceeded' });
  const series = parseExposition((await one.exposition()).body);
  expect(sumOf(series, 'mcp_tool_errors_total', { error_type: 'quota_exceeded' })).toBe(1);
  expect(sumOf(series, 'mcp_tool_errors_total', { error_type: 'other' })).toBe(1);
});

test.each([['Quota'], [''], ['a b'], ['x'.repeat(65)], [5], 'quota', {}, Array(101).fill('a')])(
  'errorTypes %j throws',
  (errorTypes) => {
    expect(() => metricsWith(errorTypes as never)).toThrow(
      /^errorTypes must be up to 100 names of 1 to 64 characters \(a-z, 0-9, _\), got /,
    );
  },
);
