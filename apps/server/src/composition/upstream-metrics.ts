import type { UpstreamReport } from '@mcp/upstreams';

import type { LabelledMetric, ServerMetric } from '../observability/metrics/server-metric.ts';

type Read = (report: UpstreamReport) => number;

/** @param reports of the upstreams now in the configuration; one that is replaced counts from 0 */
export function upstreamMetrics(reports: () => readonly UpstreamReport[]): ServerMetric[] {
  const metric = (
    type: LabelledMetric['type'],
    name: LabelledMetric['name'],
    help: string,
    read: Read,
  ): LabelledMetric => ({
    type,
    name,
    help,
    label: 'upstream',
    read: () => new Map(reports().map((report) => [report.key, read(report)])),
  });
  return [
    metric('gauge', 'mcp_upstream_up', 'Whether calls may reach the upstream.', (report) => (isUp(report) ? 1 : 0)),
    metric(
      'gauge',
      'mcp_upstream_connections',
      'Open connections, or running programs.',
      (report) => report.connections,
    ),
    metric('gauge', 'mcp_upstream_calls_running', 'Calls on their way to it.', (report) => report.running),
    metric('gauge', 'mcp_upstream_calls_queued', 'Calls that wait for a slot.', (report) => report.queued),
    metric('gauge', 'mcp_upstream_tools_offered', 'Tools that are offered.', (report) => report.tools.length),
    metric('gauge', 'mcp_upstream_tools_pending', 'Tools that wait for approval.', (report) => report.pending.length),
    metric('gauge', 'mcp_upstream_tools_withheld', 'Tools that cannot be offered.', (report) => report.withheld.length),
    metric(
      'counter',
      'mcp_upstream_connections_opened_total',
      'Connections opened, or programs started.',
      (report) => report.connectionsOpened,
    ),
    metric(
      'counter',
      'mcp_upstream_connection_failures_total',
      'Connections or programs that could not be opened or ended by themselves.',
      (report) => report.connectionFailures,
    ),
    metric('counter', 'mcp_upstream_requests_total', 'Calls sent to it.', (report) => report.requests),
    metric(
      'counter',
      'mcp_upstream_request_seconds_total',
      'Time from sending a call to its answer, all added up.',
      (report) => report.requestMs / 1000,
    ),
  ];
}

function isUp({ state, circuitBreaker }: UpstreamReport): boolean {
  return state !== 'failed' && circuitBreaker !== 'open';
}
