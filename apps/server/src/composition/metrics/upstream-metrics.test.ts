import type { UpstreamReport } from '@mcp/upstreams';
import { expect, test } from 'vitest';

import { upstreamMetrics } from './upstream-metrics.ts';

const REPORT: UpstreamReport = {
  key: 'far',
  kind: 'stdio',
  address: 'node',
  state: 'ready',
  tools: [{ name: 'far_echo', upstreamName: 'echo', notes: [] }],
  trust: 'firstUse',
  pending: [{ kind: 'tool', name: 'far_new', upstreamName: 'new', change: 'new' }],
  withheld: [],
  excluded: [],
  connections: 2,
  otherLines: 0,
  connectionsOpened: 5,
  connectionFailures: 3,
  requests: 7,
  requestMs: 1500,
  structuredMismatches: 2,
  running: 1,
  queued: 4,
  circuitBreaker: 'closed',
};

async function valuesOf(name: string, reports: readonly Partial<UpstreamReport>[]): Promise<object> {
  const metric = upstreamMetrics(() => reports.map((report) => ({ ...REPORT, ...report }))).find(
    (each) => each.name === name,
  );
  return Object.fromEntries((await metric?.read()) as ReadonlyMap<string, number>);
}

test('each upstream has a series, read when it is scraped', async () => {
  const two = [{}, { key: 'near', requestMs: 0 }];
  expect(await valuesOf('mcp_upstream_request_seconds_total', two)).toEqual({ far: 1.5, near: 0 });
  expect(await valuesOf('mcp_upstream_tools_pending', [{}])).toEqual({ far: 1 });
  expect(await valuesOf('mcp_upstream_connections', [])).toEqual({});
});

test.each<readonly [string, Partial<UpstreamReport>, number]>([
  ['is connected', {}, 1],
  ['is not needed now', { state: 'idle' }, 1],
  ['failed', { state: 'failed' }, 0],
  ['has an open breaker', { circuitBreaker: 'open' }, 0],
])('an upstream that %s is up: %s', async (_, report, up) => {
  expect(await valuesOf('mcp_upstream_up', [report])).toEqual({ far: up });
});
