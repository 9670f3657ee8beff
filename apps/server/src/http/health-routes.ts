import { HEALTH_JSON, healthResponse, type Group, type HealthMonitor } from '@mcp/health';

import { hasScope } from '../access/principal.ts';
import type { Door, HttpContext } from './request-context.ts';
import type { Route } from './route.ts';

type HealthDoor = Pick<Door, 'authenticator' | 'logins'>;

const answers = {
  200: { description: 'Healthy or degraded', contentType: HEALTH_JSON },
  503: { description: 'Unhealthy, or not known to be healthy', contentType: HEALTH_JSON },
};

/** `/health` and its groups: open to everyone without detail, since orchestrators carry no key. */
export function healthRoutes(health: HealthMonitor, door: HealthDoor): Route[] {
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
      summary: 'Overall health; every check for callers with tools:read, the status alone for everyone else',
      answers,
      handle: async (context) => healthResponse(health.report(), { detail: await maySeeDetail(context, door) }),
    },
    group('live', 'Whether the process should be left running'),
    group('ready', 'Whether calls should be sent here'),
    group('startup', 'Whether the start is over'),
  ];
}

/** A wrong credential is no reason to hide that the server is well; it only shows no detail. */
async function maySeeDetail(context: HttpContext, { authenticator, logins }: HealthDoor): Promise<boolean> {
  const header = context.req.header('authorization');
  if (header === undefined) return false;
  const result = await authenticator.authenticate(header);
  // It tells whether a credential is right as any other route does.
  if (!result.ok && result.status === 401) logins.note(context.env.incoming.socket.remoteAddress);
  return result.ok && hasScope(result.principal, 'tools:read');
}
