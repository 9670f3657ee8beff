/** What the parts of the server know of themselves, for those who scrape; none of it is counted twice. */
import type { ConfigStore, ServerConfig } from '@mcp/config';
import type { Launcher } from '@mcp/tool-base';

import type { AuthFailureLimiter } from '../access/auth-failure-limiter.ts';
import type { AuditTrail } from '../observability/audit/audit-trail.ts';
import type { EventStreams } from '../observability/events/event-streams.ts';
import type { CallLimit } from '../calls/call-limit.ts';
import type { SubscriptionStreams } from '../transports/mcp/subscription-streams.ts';
import type { ServerGauge } from '../observability/metrics/server-gauges.ts';

export interface MeasuredParts {
  readonly store: ConfigStore<ServerConfig>;
  readonly limit: CallLimit;
  readonly authFailures: AuthFailureLimiter;
  readonly launcher: Launcher;
  readonly audit: AuditTrail;
  readonly subscriptionStreams: SubscriptionStreams;
  readonly eventStreams: EventStreams;
  /** Open sessions of 2025-era clients. */
  readonly sessionCount: () => number;
}

export function serverGauges(parts: MeasuredParts): ServerGauge[] {
  const { store, limit, authFailures, launcher, audit, subscriptionStreams, eventStreams, sessionCount } = parts;
  return [
    {
      name: 'mcp_config_version',
      help: 'Configurations that took effect since the start, the first included.',
      read: () => store.statistics.version,
    },
    {
      name: 'mcp_config_rejected_reloads',
      help: 'Reloads refused since the start.',
      read: () => store.statistics.rejected,
    },
    {
      name: 'mcp_config_problems',
      help: 'Problems of the last reload; 0 when it took effect.',
      read: () => store.statistics.problems,
    },
    {
      name: 'mcp_config_restart_required',
      help: 'Changed keys that wait for a restart.',
      read: () => store.statistics.restartRequired.length,
    },
    { name: 'mcp_calls_in_flight', help: 'Calls admitted and not yet answered.', read: () => limit.inFlight },
    {
      name: 'mcp_calls_shed',
      help: 'Calls rejected since the start because of server.maxConcurrentCalls.',
      read: () => limit.shed,
    },
    { name: 'mcp_logins_failed', help: 'Wrong credentials since the start.', read: () => authFailures.failures },
    {
      name: 'mcp_logins_throttled',
      help: 'Wrong credentials since the start that were answered 429.',
      read: () => authFailures.throttled,
    },
    { name: 'mcp_programs_running', help: 'Programs that have not ended yet.', read: () => launcher.running },
    { name: 'mcp_sessions_open', help: 'Sessions of 2025-era HTTP clients.', read: () => sessionCount() },
    {
      name: 'mcp_streams_held',
      help: 'MCP clients that listen: GET /mcp and subscriptions/listen.',
      read: () => subscriptionStreams.size,
    },
    { name: 'mcp_event_streams_open', help: 'Readers of /events.', read: () => eventStreams.size },
    { name: 'mcp_audit_pending', help: 'Audit entries that wait for the store.', read: () => audit.health().pending },
    { name: 'mcp_audit_dropped', help: 'Audit entries lost since the start.', read: () => audit.health().dropped },
  ];
}
