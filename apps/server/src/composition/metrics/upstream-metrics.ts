import type { UpstreamReport } from '@mcp/upstreams';

import type { ServerMetric } from '../../observability/metrics/server-metric.ts';
import { reportMetrics, type ReportMetric } from './report-metrics.ts';

const METRICS: readonly ReportMetric<UpstreamReport>[] = [
  {
    type: 'gauge',
    aggregator: 'min',
    name: 'mcp_upstream_up',
    help: 'Whether calls may reach the upstream; 1 also while an operator has it switched off.',
    of: (report) => (isUp(report) ? 1 : 0),
  },
  {
    type: 'gauge',
    aggregator: 'sum',
    name: 'mcp_upstream_connections',
    help: 'Open connections, or running programs.',
    of: (report) => report.connections,
  },
  {
    type: 'gauge',
    aggregator: 'sum',
    name: 'mcp_upstream_calls_running',
    help: 'Calls on their way to it.',
    of: (report) => report.running,
  },
  {
    type: 'gauge',
    aggregator: 'sum',
    name: 'mcp_upstream_calls_queued',
    help: 'Calls that wait for a slot.',
    of: (report) => report.queued,
  },
  {
    type: 'gauge',
    name: 'mcp_upstream_tools_offered',
    help: 'Tools that are offered.',
    of: (report) => report.tools.length,
  },
  {
    type: 'gauge',
    name: 'mcp_upstream_tools_pending',
    help: 'Tools that wait for approval.',
    of: (report) => report.pending.length,
  },
  {
    type: 'gauge',
    name: 'mcp_upstream_tools_withheld',
    help: 'Tools that cannot be offered.',
    of: (report) => report.withheld.length,
  },
  {
    type: 'counter',
    name: 'mcp_upstream_connections_opened_total',
    help: 'Connections opened, or programs started.',
    of: (report) => report.connectionsOpened,
  },
  {
    type: 'counter',
    name: 'mcp_upstream_connection_failures_total',
    help: 'Connections or programs that could not be opened or ended by themselves.',
    of: (report) => report.connectionFailures,
  },
  {
    type: 'counter',
    name: 'mcp_upstream_requests_total',
    help: 'Calls sent to it.',
    of: (report) => report.requests,
  },
  {
    type: 'counter',
    name: 'mcp_upstream_request_seconds_total',
    help: 'Time from sending a call to its answer, all added up.',
    of: (report) => report.requestMs / 1000,
  },
  {
    type: 'counter',
    name: 'mcp_upstream_mismatches_total',
    help: 'Structured results that did not match the output schema of their tool.',
    of: (report) => report.structuredMismatches,
  },
];

/** @param reports of the upstreams now in the configuration; one that is replaced counts from 0 */
export function upstreamMetrics(reports: () => readonly UpstreamReport[]): ServerMetric[] {
  return reportMetrics('upstream', METRICS, reports);
}

function isUp({ state, circuitBreaker }: UpstreamReport): boolean {
  return state !== 'failed' && circuitBreaker !== 'open';
}
