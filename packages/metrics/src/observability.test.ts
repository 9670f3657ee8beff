import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { BreakerMetrics, DEFAULT_BUCKETS, SystemMetrics, ToolMetrics } from './index.ts';
import { isFamily } from './exposition/metric-family.ts';
import { REJECTED_FIELDS } from './rejected-values.ts';
import { recordScenario } from './test-support/record-scenario.ts';

interface Panel {
  id: number;
  title: string;
  type: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { expr: string }[];
}
interface Dashboard {
  panels: Panel[];
  annotations: { list: { expr: string }[] };
  templating: { list: { name: string; definition?: string }[] };
}

const folder = fileURLToPath(new URL('../observability/', import.meta.url));
const alerts = readFileSync(join(folder, 'alerts.yml'), 'utf8');
const alertTests = readFileSync(join(folder, 'alerts.test.yml'), 'utf8');
const dashboardText = readFileSync(join(folder, 'dashboard.json'), 'utf8');
const dashboard = JSON.parse(dashboardText) as Dashboard;
const alertNames = [...alerts.matchAll(/- alert: (\w+)/g)].map(([, name = '']) => name);
const panelExpressions = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }, i) => [`${title}${i === 0 ? '' : ` (${i + 1})`}`, expr] as const),
);

// Not an npm package: see WITHOUT.
const PROMTOOL = 'promtool';
function promtool(...args: string[]) {
  return spawnSync(PROMTOOL, args, { encoding: 'utf8' });
}
const hasPromtool = promtool('--version').status === 0;
const WITHOUT = hasPromtool ? '' : ' (SKIPPED: promtool is not installed; Debian has it in the package prometheus)';

describe('alert rules and dashboard', () => {
  test('use only series and labels that exist', () => {
    const { registry } = new ToolMetrics();
    expect(new SystemMetrics({ registry, eventLoop: true }).registry).toBe(new BreakerMetrics({ registry }).registry);
    const families = registry
      .getMetricsAsArray()
      .filter(isFamily)
      .map(({ definition }) => definition);
    const names = new Set(
      families.flatMap(({ name, type }) =>
        type === 'histogram' ? ['_bucket', '_sum', '_count'].map((s) => name + s) : [name],
      ),
    );
    for (const name of serverMetricNames()) names.add(name);
    const labels = new Set([
      'job',
      'instance',
      'le',
      'state',
      'upstream',
      ...families.flatMap(({ labelNames }) => labelNames),
    ]);
    const texts = [alerts, alertTests, dashboardText.replaceAll('\\"', '"').replace('"mcp-tool-server"', '')];
    for (const text of texts) {
      const used = [...text.matchAll(/\b(?:mcp|circuit_breaker)_\w+/g)].map(([name]) => name);
      expect(used.length).toBeGreaterThan(10);
      expect(used.filter((name) => !names.has(name))).toEqual([]);
      const usedLabels = [...text.matchAll(/\b(?:by|on) \(([\w, ]+)\)|[{ ,](\w+)(?:=~?"|!=")/g)].flatMap(
        ([, list, one]) => (list === undefined ? [one] : list.split(', ')),
      );
      expect(usedLabels.filter((label) => label !== undefined && !labels.has(label))).toEqual([]);
    }
  });

  test('the dashboard uses every family', () => {
    const { registry } = new ToolMetrics();
    expect(new SystemMetrics({ registry, eventLoop: true }).registry).toBe(new BreakerMetrics({ registry }).registry);
    const unused = registry
      .getMetricsAsArray()
      .filter(isFamily)
      .filter(({ definition }) => !dashboardText.includes(definition.name));
    expect(unused.map(({ definition }) => definition.name)).toEqual([]);
  });

  test('each alert has a test in which it fires and one in which it does not', () => {
    expect(alertNames.length).toBeGreaterThan(10);
    for (const name of alertNames) {
      expect(alertTests).toMatch(new RegExp(`alertname: ${name}\\n +exp_alerts:\\n +- exp_labels`));
      expect(alertTests).toMatch(new RegExp(`alertname: ${name}(, |\\n +)exp_alerts: \\[\\]`));
    }
  });

  test('panels have unique ids and do not overlap', () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { gridPos: a, id } of panels) {
      const on = panels.filter(({ gridPos: b, id: other }) => {
        return other !== id && a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
      });
      expect(on).toEqual([]);
      expect(a.x + a.w).toBeLessThanOrEqual(24);
    }
  });

  test.skipIf(!hasPromtool)(`alerts pass promtool check and their tests${WITHOUT}`, () => {
    expect(promtool('check', 'rules', join(folder, 'alerts.yml')).stderr).toBe('');
    const { status, stdout, stderr } = promtool('test', 'rules', join(folder, 'alerts.test.yml'));
    expect({ status, output: stdout + stderr }).toMatchObject({ status: 0 });
  });

  test.skipIf(!hasPromtool)(
    `panels and alerts have the expected values for half an hour of recorded series${WITHOUT}`,
    async () => {
      expect(panelExpressions.map(([title]) => title)).toEqual(Object.keys(EXPECTED));
      const tests = panelExpressions.map(([title, expr]) => expressionTest(expr, EXPECTED[title] ?? {}));
      for (const { expr } of dashboard.annotations.list) tests.push(expressionTest(expr, {}));
      tests.push(expressionTest('count by (alertname) (ALERTS{alertstate="firing"})', FIRING));
      const directory = mkdtempSync(join(tmpdir(), 'mcp-metrics-'));
      try {
        const file = join(directory, 'recorded.test.yml');
        // JSON is YAML.
        const input_series = [...(await recordScenario()), ...JOB_SERIES, ...UPSTREAM_SERIES];
        const test = { interval: '1m', input_series, promql_expr_test: tests };
        writeFileSync(
          file,
          JSON.stringify({ rule_files: [join(folder, 'alerts.yml')], evaluation_interval: '1m', tests: [test] }),
        );
        const { status, stdout, stderr } = promtool('test', 'rules', file);
        expect({ status, output: stdout + stderr }).toMatchObject({ status: 0 });
      } finally {
        rmSync(directory, { recursive: true });
      }
    },
  );
});

/** The server adds metrics of its own to the registry; rules and dashboard use them too. */
function serverMetricNames(): string[] {
  return [
    'composition/metrics/server-metrics.ts',
    'composition/build-cluster.ts',
    'composition/metrics/job-metrics.ts',
    'composition/metrics/upstream-metrics.ts',
    'observability/metrics/reload-metrics.ts',
  ].flatMap((file) => {
    const source = readFileSync(new URL(`../../../apps/server/src/${file}`, import.meta.url), 'utf8');
    const metrics = [...source.matchAll(/name: '(mcp_\w+)'/g)].map(([, name = '']) => name);
    return metrics.flatMap((name) => [name, ...['_bucket', '_sum', '_count'].map((suffix) => name + suffix)]);
  });
}

/** Half an hour of a server with jobs: each minute one is completed, after 50 s, and the first of two queued ones waits. */
const JOB_SERIES = [
  ['mcp_jobs{job="mcp",instance="a",state="queued"}', '2x30'],
  ['mcp_jobs{job="mcp",instance="a",state="completed"}', '0+1x30'],
  ['mcp_jobs_queued_seconds{job="mcp",instance="a"}', '0+1x30'],
  ['mcp_jobs_ended_total{job="mcp",instance="a",state="completed"}', '0+1x30'],
  ['mcp_jobs_run_seconds_bucket{job="mcp",instance="a",le="15"}', '0x30'],
  ['mcp_jobs_run_seconds_bucket{job="mcp",instance="a",le="60"}', '0+1x30'],
  ['mcp_jobs_run_seconds_bucket{job="mcp",instance="a",le="+Inf"}', '0+1x30'],
].map(([series, values]) => ({ series, values }));

/** Half an hour of a server with an upstream that is called twice a minute and answers after half a second. */
const UPSTREAM_SERIES = [
  ['mcp_upstream_up{job="mcp",instance="a",upstream="far"}', '1x30'],
  ['mcp_upstream_requests_total{job="mcp",instance="a",upstream="far"}', '0+2x30'],
  ['mcp_upstream_request_seconds_total{job="mcp",instance="a",upstream="far"}', '0+1x30'],
  ['mcp_upstream_connection_failures_total{job="mcp",instance="a",upstream="far"}', '0x30'],
  ['mcp_upstream_tools_pending{job="mcp",instance="a",upstream="far"}', '0x30'],
].map(([series, values]) => ({ series, values }));

/** What each panel must show at the end of the scenario: label block to value, rates per second. */
const EXPECTED: Record<string, Record<string, number>> = {
  'Calls per second': { '{}': 10 / 60 },
  Failing: { '{}': 2 / 9 },
  'Running now': { '{}': 1 },
  'Breakers open': { '{}': 1 },
  'Tools with series': { '{}': 4 },
  Uptime: { '{}': 1800 },
  'Calls by outcome': { '{status="success"}': 7 / 60, '{status="failure"}': 2 / 60, '{status="rejected"}': 1 / 60 },
  'Calls by tool': {
    ...byTool('ping', 8 / 60),
    ...byTool('dig', 1 / 60),
    ...byTool('__unknown__', 1 / 60),
    ...byTool('scan', 0),
  },
  'Errors by type': { '{error_type="execution_error"}': 2 / 60, '{error_type="resource_exhausted"}': 1 / 60 },
  'Share of failures by tool': byTool('ping', 0.25),
  // All executions lie in the bucket from 10 to 25 ms, and Prometheus interpolates.
  'Time of executions': { '{}': 0.01 + 0.5 * 0.015 },
  'Time of executions (2)': { '{}': 0.01 + 0.95 * 0.015 },
  'Time of executions (3)': { '{}': 0.01 + 0.99 * 0.015 },
  'Slowest tools': { ...byTool('ping', 0.02425), ...byTool('__unknown__', 0.02425) },
  'Distribution of times': Object.fromEntries(
    [...DEFAULT_BUCKETS, '+Inf'].map((le) => [`{le="${le}"}`, Number(le) < 0.02 ? 0 : 45]),
  ),
  'Average time': { ...byTool('ping', 0.02), ...byTool('__unknown__', 0.02) },
  'Running by tool': { ...byTool('ping', 0), ...byTool('dig', 0), ...byTool('scan', 1), ...byTool('__unknown__', 0) },
  'Waiting before running': byTool('ping', 0.01 + 0.95 * 0.09),
  'Average wait': byTool('ping', 0.05),
  Output: { ...byTool('ping', 100), ...byTool('dig', 0), ...byTool('scan', 0), ...byTool('__unknown__', 0) },
  State: { '{name="ping"}': 1 },
  'Calls rejected': { '{name="ping"}': 0.1 },
  Openings: { '{name="ping"}': 5 },
  'Open jobs': { '{state="queued"}': 2 },
  'Jobs ended': { '{state="completed"}': 5 },
  // All are in the bucket from 15 to 60 s.
  'Time of jobs': { '{}': 15 + 0.5 * 45 },
  'Time of jobs (2)': { '{}': 15 + 0.95 * 45 },
  'Wait of the first queued job': { '{instance="a"}': 30 },
  'Upstreams that can be called': { '{upstream="far"}': 1 },
  'Calls to upstreams': { '{upstream="far"}': 2 / 60 },
  'Average time of upstreams': { '{upstream="far"}': 0.5 },
  'Connections lost and tools waiting': { '{upstream="far"}': 0 },
  'Connections lost and tools waiting (2)': { '{upstream="far"}': 0 },
  Requests: { '{instance="a"}': 10 / 60 },
  'Requests (2)': { '{instance="a"}': 1 / 60 },
  'Connections and requests in progress': { '{instance="a"}': 3 },
  'Connections and requests in progress (2)': { '{instance="a"}': 1 },
  'Event loop delay': { '{instance="a",job="mcp",stat="p99"}': 0.02 },
  'Rejected values': Object.fromEntries(
    REJECTED_FIELDS.map((field) => [`{field="${field}"}`, field === 'tool' ? 1 / 60 : 0]),
  ),
  'Evicted tools': { '{reason="lru"}': 5, '{reason="idle"}': 0 },
  Scrapes: { '{instance="a"}': 0 },
  'Scrapes (2)': { '{metric="broken"}': 5 },
};

const FIRING = Object.fromEntries(
  [
    'McpCircuitBreakerFlapping',
    'McpCircuitBreakerOpen',
    'McpMetricsCollectErrors',
    'McpMetricsToolsEvicted',
    'McpServerErrors',
  ].map((name) => [`{alertname="${name}"}`, 1]),
);

function byTool(tool: string, value: number): Record<string, number> {
  return { [`{tool="${tool}"}`]: value };
}

function expressionTest(expr: string, expected: Record<string, number>) {
  const plain = expr
    .replaceAll('$__rate_interval', '5m')
    .replaceAll('$tool', 'ping|dig|scan|__unknown__')
    .replaceAll(/\$(job|instance)/g, '.*');
  const round = (value: number) => Math.round(value * 1e6) / 1e6;
  const exp_samples = Object.entries(expected).map(([labels, value]) => ({ labels, value: round(value) }));
  return { expr: `round(${plain}, 0.000001)`, eval_time: '30m', exp_samples };
}
