import { expect, test } from 'vitest';
import { ERROR_TYPES, ToolMetrics } from './index.ts';
import { parseExposition, seriesKey } from './test-support/parse-exposition.ts';

// https://github.com/prometheus/client_golang/issues/221
test('100,000 pairs of tool and error type have 100,000 different series', async () => {
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
