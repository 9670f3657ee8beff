import { healthResponse, type Group, type HealthMonitor } from '@mcp/health';
import { Hono } from 'hono';

import type { Authenticator } from '../access/authenticator.ts';
import { hasScope } from '../access/principal.ts';
import type { HttpContext, HttpEnv } from './request-context.ts';

/** `/health` and its groups: open to everyone without detail, since orchestrators carry no key. */
export function healthRoutes(health: HealthMonitor, authenticator: Authenticator): Hono<HttpEnv> {
  const group = (name: Group) => () => healthResponse(health.report(name), { detail: false });
  return new Hono<HttpEnv>()
    .get('/', async (context) =>
      healthResponse(health.report(), { detail: await maySeeDetail(context, authenticator) }),
    )
    .get('/live', group('live'))
    .get('/ready', group('ready'))
    .get('/startup', group('startup'));
}

/** A wrong credential is no reason to hide that the server is well; it only shows no detail. */
async function maySeeDetail(context: HttpContext, authenticator: Authenticator): Promise<boolean> {
  const header = context.req.header('authorization');
  if (header === undefined) return false;
  const result = await authenticator.authenticate(header);
  return result.ok && hasScope(result.principal, 'tools:read');
}
