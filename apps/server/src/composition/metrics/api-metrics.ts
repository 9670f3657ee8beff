import { countOperations, type ApiReport } from '../../tools/rest/api-report.ts';
import type { ServerMetric } from '../../observability/metrics/server-metric.ts';
import { reportMetrics, type ReportMetric } from './report-metrics.ts';

const METRICS: readonly ReportMetric<ApiReport>[] = [
  {
    name: 'mcp_api_operations',
    type: 'gauge',
    help: 'Operations of an API that are offered as tools.',
    of: ({ operations }) => countOperations(operations, 'offered'),
  },
  {
    name: 'mcp_api_operations_withheld',
    type: 'gauge',
    help: 'Operations of an API that are included and cannot be offered.',
    of: ({ operations }) => countOperations(operations, 'withheld'),
  },
  {
    name: 'mcp_api_requests_total',
    type: 'counter',
    help: 'Requests to an API, those that were repeated included.',
    of: ({ requests }) => requests.requests,
  },
  {
    name: 'mcp_api_requests_failed_total',
    type: 'counter',
    help: 'Requests to an API that had no answer.',
    of: ({ requests }) => requests.failed,
  },
  {
    name: 'mcp_api_server_errors_total',
    type: 'counter',
    help: 'Answers of an API with status 500 and above.',
    of: ({ requests }) => requests.serverErrors,
  },
  {
    name: 'mcp_api_read_bytes_total',
    type: 'counter',
    help: 'Bodies of answers of an API, as they were read.',
    of: ({ requests }) => requests.bytesRead,
  },
  {
    name: 'mcp_api_wait_seconds_total',
    type: 'counter',
    help: 'Time from sending a request to an API to the end of its answer, summed.',
    of: ({ requests }) => requests.waitedMs / 1000,
  },
  {
    name: 'mcp_api_token_requests_total',
    type: 'counter',
    help: 'Access tokens that were requested for an API.',
    of: ({ token }) => token?.requests,
  },
  {
    name: 'mcp_api_token_failures_total',
    type: 'counter',
    help: 'Requests for an access token that had no success.',
    of: ({ token }) => token?.failures,
  },
];

/** Counts begin again when an API is planned anew. */
export function apiMetrics(reports: () => readonly ApiReport[]): ServerMetric[] {
  return reportMetrics('api', METRICS, reports);
}
