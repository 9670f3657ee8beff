import { HEALTH_JSON, healthResponse, type Group, type HealthMonitor } from '@mcp/health';

import { hasScope, type Principal } from '../../../access/principal.ts';
import { visibleTo } from '../../../observability/health-checks.ts';
import type { AuthDependencies, HttpContext } from '../routing/request-context.ts';
import type { Route } from '../routing/route.ts';

type HealthAuth = Pick<AuthDependencies, 'authenticator' | 'authFailures'>;

const answers = {
  200: { description: 'Healthy or degraded', contentType: HEALTH_JSON },
  503: { description: 'Unhealthy, or not known to be healthy', contentType: HEALTH_JSON },
};

/** `/health` and its groups: open to everyone without detail, since orchestrators carry no key. */
export function healthRoutes(health: HealthMonitor, door: HealthAuth): Route[] {
  const group = (name: Group, summary: string): Route => ({
    method: 'GET',
    path: `/health/${name}`,
    scope: 'open',
    operation: `health_${name}`,
    summary,
    answers,
    handle: () => healthResponse(health.report(name), { detail: false }),
  });
  return [
    {
      method: 'GET',
      path: '/health',
      scope: 'open',
      operation: 'health',
      summary:
        'Overall health; every check (of tools, those the caller may see) with tools:read, the status alone for everyone else',
      answers,
      handle: async (context) => {
        const reader = await readerOf(context, door);
        const report = health.report();
        return healthResponse(reader ? visibleTo(reader, report) : report, { detail: reader !== undefined });
      },
    },
    group('live', 'Whether the process should be left running'),
    group('ready', 'Whether calls should be sent here'),
    group('startup', 'Whether the start is over'),
  ];
}

/** A wrong credential is no reason to hide that the server is well; it only shows no detail. */
async function readerOf(
  context: HttpContext,
  { authenticator, authFailures }: HealthAuth,
): Promise<Principal | undefined> {
  const header = context.req.header('authorization');
  if (header === undefined) return undefined;
  const result = await authenticator.authenticate(header);
  if (result.ok) return hasScope(result.principal, 'tools:read') ? result.principal : undefined;
  // It tells whether a credential is right as any other route does.
  if (result.status === 401) authFailures.record(context.env.incoming.socket.remoteAddress);
  return undefined;
}
