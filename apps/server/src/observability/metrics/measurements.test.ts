import { expect, test } from 'vitest';
import { ManualClock } from '../../foundation/test-support/manual-clock.ts';
import { Measurements } from './measurements.ts';
import type { ServerMetric } from './server-metric.ts';

const settings = { enabled: true, prometheusEnabled: true, collectionInterval: 60 };

function measurements(...metrics: ServerMetric[]): Measurements {
  const created = new Measurements(settings as ConstructorParameters<typeof Measurements>[0], () => undefined);
  created.observe(metrics);
  return created;
}

async function scrape(of: Measurements, openMetrics = false): Promise<string> {
  return (await of.exposition({ openMetrics }))?.body ?? '';
}

test('a scrape has the process and nodejs metrics of prom-client', async () => {
  using observed = measurements();
  const body = await scrape(observed);
  for (const line of [
    /^# TYPE process_cpu_seconds_total counter$/mu,
    /^process_resident_memory_bytes \d+$/mu,
    /^process_open_fds \d+$/mu,
    /^process_start_time_seconds \d+$/mu,
    /^nodejs_heap_size_used_bytes \d+$/mu,
    /^nodejs_version_info\{version="v[^"]+"/mu,
  ]) {
    expect(body).toMatch(line);
  }
});

test('two servers in one process have the same process metrics, each once', async () => {
  using one = measurements();
  using two = measurements();
  for (const body of [await scrape(one), await scrape(two)]) {
    expect(body.match(/^process_start_time_seconds /gmu)).toHaveLength(1);
  }
});

test('metrics of the server are read at scrape time, counters as counters', async () => {
  let shed = 3;
  using observed = measurements(
    { type: 'gauge', name: 'mcp_calls_in_flight', help: 'Calls.', read: () => 5 },
    { type: 'counter', name: 'mcp_calls_shed_total', help: 'Shed.', read: () => shed },
  );
  const first = await scrape(observed);
  expect(first).toContain('# TYPE mcp_calls_in_flight gauge\nmcp_calls_in_flight 5\n');
  expect(first).toContain('# TYPE mcp_calls_shed_total counter\nmcp_calls_shed_total 3\n');
  shed = 4;
  const openMetrics = await scrape(observed, true);
  expect(openMetrics).toContain('# TYPE mcp_calls_shed counter\nmcp_calls_shed_total 4\n');
});

test('a metric has a value for each value of its label, and one that is not read any more has none', async () => {
  let values = new Map([['queued', 2]]);
  const read = (): Promise<typeof values> => Promise.resolve(values);
  using observed = measurements(
    { type: 'gauge', label: 'state', name: 'mcp_jobs', help: 'Jobs.', read },
    { type: 'counter', label: 'state', name: 'mcp_jobs_ended_total', help: 'Ended.', read },
  );
  expect(await scrape(observed)).toContain('# TYPE mcp_jobs gauge\nmcp_jobs{state="queued"} 2\n');
  values = new Map([['waiting', 1]]);
  const openMetrics = await scrape(observed, true);
  expect(openMetrics).toContain('# TYPE mcp_jobs gauge\nmcp_jobs{state="waiting"} 1\n');
  expect(openMetrics).toContain('# TYPE mcp_jobs_ended counter\nmcp_jobs_ended_total{state="waiting"} 1\n');
});

test('a histogram has cumulative buckets, and all of them in the last', async () => {
  const read = (): { counts: number[]; sum: number } => ({ counts: [1, 2, 4], sum: 99 });
  const metric = { name: 'mcp_jobs_run_seconds', help: 'Runs.', buckets: [1, 5], read } as const;
  using observed = measurements({ type: 'histogram', ...metric });
  const buckets = ['le="1"} 1', 'le="5"} 3', 'le="+Inf"} 7'].map((rest) => `mcp_jobs_run_seconds_bucket{${rest}\n`);
  for (const body of [await scrape(observed), await scrape(observed, true)]) {
    expect(body).toContain(`# TYPE mcp_jobs_run_seconds histogram\n${buckets.join('')}`);
    expect(body).toContain('mcp_jobs_run_seconds_sum 99\nmcp_jobs_run_seconds_count 7\n');
  }
});

test('metrics that are added after a scrape are in the next one', async () => {
  using observed = measurements();
  expect(await scrape(observed, true)).not.toContain('mcp_sessions_open');
  observed.observe([{ type: 'gauge', name: 'mcp_sessions_open', help: 'Sessions.', read: () => 1 }]);
  expect(await scrape(observed)).toContain('mcp_sessions_open 1\n');
});

test('two first scrapes at the same time register each metric once', async () => {
  using observed = measurements({ type: 'gauge', name: 'mcp_sessions_open', help: 'Sessions.', read: () => 1 });
  const bodies = await Promise.all([scrape(observed), scrape(observed, true)]);
  for (const body of bodies) expect(body.match(/^mcp_sessions_open /gmu)).toHaveLength(1);
});

test('subscribers are notified every collectionInterval until disposal', () => {
  const clock = new ManualClock();
  let notified = 0;
  const observed = new Measurements(settings as ConstructorParameters<typeof Measurements>[0], () => notified++, clock);
  clock.advance(59_999);
  expect(notified).toBe(0);
  clock.advance(60_001);
  expect(notified).toBe(2);
  observed[Symbol.dispose]();
  expect(clock.pendingTimers).toBe(0);
});
