import type { ServerResponse } from 'node:http';

import {
  HEALTH_JSON,
  healthJson,
  healthResponse,
  healthStatusCode,
  type Group,
  type HealthMonitor,
  type HealthReport,
} from '@mcp/health';

import { hasScope, type Principal } from '../../../../access/principal.ts';
import { visibleTo } from '../../../../observability/health-checks.ts';
import type { AuthDependencies, HttpContext } from '../../routing/request-context.ts';
import type { Route, UnroutedRoute } from '../../routing/route.ts';

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
export function healthRoutes({ health, wholeHealth, ...auth }: HealthRoutesDependencies): (Route | UnroutedRoute)[] {
  const group = (name: Group, summary: string): UnroutedRoute => ({
    method: 'GET',
    path: `/health/${name}`,
    scope: 'open',
    operation: `health_${name}`,
    summary,
    responses,
    direct: (_incoming, outgoing) => writeStatus(outgoing, health.report(name)),
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

/** A probe comes every few seconds, and the first one before anything else: it needs neither a router nor a web response. */
function writeStatus(outgoing: ServerResponse, report: HealthReport): void {
  const body = `${JSON.stringify(healthJson(report, { detail: false }))}\n`;
  outgoing.writeHead(healthStatusCode(report.status), {
    'content-type': HEALTH_JSON,
    'cache-control': 'no-store',
    'content-length': body.length,
  });
  outgoing.end(body);
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
  const { incoming } = context.env;
  refusedCredentials.record(incoming, result);
  if (result.status === 401) authFailures.record(incoming.socket.remoteAddress);
  return undefined;
}
