import { HEALTH_JSON, healthResponse, type Group, type HealthMonitor } from '@mcp/health';

import type { Authenticator } from '../access/authenticator.ts';
import { hasScope } from '../access/principal.ts';
import type { HttpContext } from './request-context.ts';
import type { Route } from './route.ts';

const answers = {
  200: { description: 'Healthy or degraded', contentType: HEALTH_JSON },
  503: { description: 'Unhealthy, or not known to be healthy', contentType: HEALTH_JSON },
};

/** `/health` and its groups: open to everyone without detail, since orchestrators carry no key. */
export function healthRoutes(health: HealthMonitor, authenticator: Authenticator): Route[] {
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
      handle: async (context) =>
        healthResponse(health.report(), { detail: await maySeeDetail(context, authenticator) }),
    },
    group('live', 'Whether the process should be left running'),
    group('ready', 'Whether calls should be sent here'),
    group('startup', 'Whether the start is over'),
  ];
}

/** A wrong credential is no reason to hide that the server is well; it only shows no detail. */
async function maySeeDetail(context: HttpContext, authenticator: Authenticator): Promise<boolean> {
  const header = context.req.header('authorization');
  if (header === undefined) return false;
  const result = await authenticator.authenticate(header);
  return result.ok && hasScope(result.principal, 'tools:read');
}
