/** The metrics of the server's own parts, read from them at scrape time. */
import type { ConfigStore } from '@mcp/config';
import type { Launcher } from '@mcp/tool-base';

import type { ServerConfig } from '../../configuration/shape/server-config.ts';
import type { AuthFailureLimiter } from '../../access/auth-failure-limiter.ts';
import type { AuditTrail } from '../../observability/audit/audit-trail.ts';
import type { EventStreams } from '../../observability/events/event-streams.ts';
import type { CallLimit } from '../../calls/call-limit.ts';
import type { HttpListener } from '../../transports/http/http-listener.ts';
import type { SubscriptionStreams } from '../../transports/mcp/subscription-streams.ts';
import { reloadMetrics } from '../../observability/metrics/reload-metrics.ts';
import type { ServerMetric } from '../../observability/metrics/server-metric.ts';

export interface MeasuredParts {
  readonly store: ConfigStore<ServerConfig>;
  readonly limit: CallLimit;
  readonly authFailures: AuthFailureLimiter;
  readonly listeners: readonly Pick<HttpListener, 'connectionsRejected'>[];
  readonly launcher: Launcher;
  readonly sandboxFailures: () => number;
  readonly sandboxLevels: () => ReadonlyMap<string, number>;
  /** Calls that wait for an operator. */
  readonly approvalsWaiting: () => number;
  readonly audit: AuditTrail;
  readonly subscriptionStreams: SubscriptionStreams;
  readonly eventStreams: EventStreams;
  /** Open sessions of 2025-era clients. */
  readonly sessionCount: () => number;
  readonly invalidLineCount: () => number;
}

export function serverMetrics(parts: MeasuredParts): ServerMetric[] {
  const {
    store,
    limit,
    authFailures,
    listeners,
    launcher,
    sandboxFailures,
    sandboxLevels,
    approvalsWaiting,
    audit,
    subscriptionStreams,
    eventStreams,
    sessionCount,
    invalidLineCount,
  } = parts;
  return [
    {
      type: 'gauge',
      aggregator: 'max',
      name: 'mcp_config_version',
      help: 'Number of the configuration in effect; 1 is the one of the start.',
      read: () => store.statistics.version,
    },
    ...reloadMetrics(store),
    {
      type: 'gauge',
      aggregator: 'max',
      name: 'mcp_config_restart_required',
      help: 'Changed configuration keys that take effect after a restart.',
      read: () => store.statistics.restartRequired.length,
    },
    {
      type: 'gauge',
      name: 'mcp_calls_in_flight',
      help: 'Admitted calls without a result.',
      read: () => limit.inFlight,
    },
    {
      type: 'counter',
      name: 'mcp_calls_shed_total',
      help: 'Calls rejected because of server.maxConcurrentCalls.',
      read: () => limit.shed,
    },
    {
      type: 'counter',
      name: 'mcp_auth_failures_total',
      help: 'Requests with invalid credentials.',
      read: () => authFailures.failures,
    },
    {
      type: 'counter',
      name: 'mcp_auth_throttled_total',
      help: 'Requests with invalid credentials that were answered with 429.',
      read: () => authFailures.throttled,
    },
    {
      type: 'counter',
      name: 'mcp_connections_rejected_total',
      help: 'Connections closed at once because of server.maxConnections.',
      read: () => listeners.reduce((total, { connectionsRejected }) => total + connectionsRejected, 0),
    },
    { type: 'gauge', name: 'mcp_programs_running', help: 'Running programs.', read: () => launcher.running },
    {
      type: 'gauge',
      label: 'tool',
      name: 'mcp_sandbox_level',
      help: 'How the programs of a tool are confined: 0 none, 1 limits, 2 files, 3 full; no value while it is unknown.',
      read: () => sandboxLevels(),
    },
    {
      type: 'counter',
      name: 'mcp_sandbox_failures_total',
      help: 'Sandboxes that could not be set up, were lost or did not hold.',
      read: () => sandboxFailures(),
    },
    {
      type: 'gauge',
      name: 'mcp_approvals_waiting',
      help: 'Calls that wait for the decision of an operator.',
      read: () => approvalsWaiting(),
    },
    {
      type: 'gauge',
      name: 'mcp_sessions_open',
      help: 'Open sessions of 2025-era HTTP clients.',
      read: () => sessionCount(),
    },
    {
      type: 'counter',
      name: 'mcp_stdio_invalid_messages_total',
      help: 'Lines on stdin that were not valid MCP messages.',
      read: () => invalidLineCount(),
    },
    {
      type: 'gauge',
      name: 'mcp_streams_open',
      help: 'Open streams of MCP clients: GET /mcp and subscriptions/listen.',
      read: () => subscriptionStreams.size,
    },
    { type: 'gauge', name: 'mcp_event_streams_open', help: 'Open streams of /events.', read: () => eventStreams.size },
    {
      type: 'gauge',
      name: 'mcp_audit_pending',
      help: 'Audit entries that are not stored yet.',
      read: () => audit.health().pending,
    },
    {
      type: 'counter',
      name: 'mcp_audit_dropped_total',
      help: 'Audit entries that were lost.',
      read: () => audit.health().dropped,
    },
  ];
}
