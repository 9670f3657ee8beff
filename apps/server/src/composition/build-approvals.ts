import type { ConfigStore } from '@mcp/config';

import { resourceUrl } from '../access/protected-resource.ts';
import { Approvals } from '../calls/approvals/approvals.ts';
import { systemClock } from '../foundation/clock.ts';
import { approvalTimeoutMs } from '../configuration/settings/milliseconds.ts';
import type { ServerConfig } from '../configuration/shape/server-config.ts';
import type { EventBus } from '../observability/events/event-bus.ts';

/**
 * Undefined where nobody but the caller could decide, or the repeated call may reach another server.
 *
 * @param listensAt the URL that the server printed at its start: with port 0 the configuration does not know it
 */
export function buildApprovals(
  store: Pick<ConfigStore<ServerConfig>, 'snapshot'>,
  events: EventBus,
  listensAt: () => string | undefined,
): Approvals | undefined {
  const { server, security, cluster } = store.snapshot.values;
  const isAlone = server.workers === 1 && cluster.url.reveal() === '';
  if (server.transport === 'stdio' || security.auth === 'none' || !isAlone) return undefined;
  return new Approvals({
    events,
    clock: systemClock,
    timeoutMs: () => approvalTimeoutMs(store.snapshot.values.security),
    link: (id) => `${new URL('/', resourceUrl(store.snapshot.values, listensAt())).href}#approval-${id}`,
  });
}
