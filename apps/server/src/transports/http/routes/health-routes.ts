import { HEALTH_JSON, healthResponse, type Group, type HealthMonitor, type HealthReport } from '@mcp/health';

import { hasScope, type Principal } from '../../../access/principal.ts';
import { visibleTo } from '../../../observability/health-checks.ts';
import type { AuthDependencies, HttpContext } from '../routing/request-context.ts';
import type { Route } from '../routing/route.ts';

type HealthAuth = Pick<AuthDependencies, 'authenticator' | 'authFailures' | 'refusedCredentials'>;

interface HealthRoutesDependencies extends HealthAuth {
  readonly health: HealthMonitor;
  /** Adds what the other workers of this server report; probes are answered by the worker that they reach. */
  readonly wholeHealth?: ((own: HealthReport) => Promise<HealthReport>) | undefined;
}

const responses = {
  200: { description: 'Healthy or degraded', contentType: HEALTH_JSON },
  503: { description: 'Critical, or not yet known', contentType: HEALTH_JSON },
};

/** `/health` and its groups: open without detail, since orchestrators send no key. */
export function healthRoutes({ health, wholeHealth, ...auth }: HealthRoutesDependencies): Route[] {
  const group = (name: Group, summary: string): Route => ({
    method: 'GET',
    path: `/health/${name}`,
    scope: 'open',
    operation: `health_${name}`,
    summary,
    responses,
    handle: () => healthResponse(health.report(name), { detail: false }),
  });
  return [
    {
      method: 'GET',
      path: '/health',
      scope: 'open',
      operation: 'health',
      summary: 'Overall health: with tools:read every check (of visible tools only), else the status alone',
      responses,
      handle: async (context) => {
        const reader = await readerOf(context, auth);
        const own = health.report();
        const report = wholeHealth ? await wholeHealth(own) : own;
        return healthResponse(reader ? visibleTo(reader, report) : report, { detail: reader !== undefined });
      },
    },
    group('live', 'Liveness: whether the process can keep running'),
    group('ready', 'Readiness: whether traffic should be sent here'),
    group('startup', 'Whether the start is complete'),
  ];
}

/** With a wrong credential the status is still shown, without detail. */
async function readerOf(
  context: HttpContext,
  { authenticator, authFailures, refusedCredentials }: HealthAuth,
): Promise<Principal | undefined> {
  const header = context.req.header('authorization');
  if (header === undefined) return undefined;
  const result = await authenticator.authenticate(header);
  if (result.ok) return hasScope(result.principal, 'tools:read') ? result.principal : undefined;
  // This route reveals whether a credential is valid, as any other does, so failures count here too.
  const { remoteAddress } = context.env.incoming.socket;
  refusedCredentials.record(remoteAddress, result);
  if (result.status === 401) authFailures.record(remoteAddress);
  return undefined;
}
