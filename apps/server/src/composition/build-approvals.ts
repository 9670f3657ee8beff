import type { ConfigStore } from '@mcp/config';

import { Approvals } from '../calls/approvals/approvals.ts';
import { systemClock } from '../foundation/clock.ts';
import { approvalTimeoutMs } from '../configuration/settings/milliseconds.ts';
import type { ServerConfig } from '../configuration/shape/server-config.ts';
import type { EventBus } from '../observability/events/event-bus.ts';

/** Undefined where nobody but the caller could decide, or the repeated call may reach another server. */
export function buildApprovals(store: ConfigStore<ServerConfig>, events: EventBus): Approvals | undefined {
  const { server, security, cluster } = store.snapshot.values;
  const isAlone = server.workers === 1 && cluster.url.reveal() === '';
  if (server.transport === 'stdio' || security.auth === 'none' || !isAlone) return undefined;
  return new Approvals({
    events,
    clock: systemClock,
    timeoutMs: () => approvalTimeoutMs(store.snapshot.values.security),
    link: (id) => `${dashboardUrl(store.snapshot.values)}#approval-${id}`,
  });
}

/** As clients know the server, where the configuration says so; else where it listens. */
function dashboardUrl({ server, security }: ServerConfig): string {
  const audience = security.jwt?.audience;
  if (audience !== undefined && URL.canParse(audience)) return new URL('/', audience).href;
  const host = ['0.0.0.0', '::'].includes(server.host) ? 'localhost' : server.host;
  return `http://${host.includes(':') ? `[${host}]` : host}:${server.port}/`;
}
