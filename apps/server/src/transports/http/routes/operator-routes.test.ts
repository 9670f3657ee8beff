import { CircuitBreaker } from '@mcp/circuit-breaker';
import type { Tool } from '@mcp/tool-base';
import { Hono } from 'hono';
import { expect, test } from 'vitest';

import type { ToolGateway } from '../../../calls/tool-gateway.ts';
import type { HttpEnv } from '../routing/request-context.ts';
import { operatorRoutes } from './operator-routes.ts';

/** The routes of a server with one tool. */
function routesFor(...breakers: CircuitBreaker[]): Hono<HttpEnv> {
  const tool = { name: 'ping', breakers, info: () => ({ name: 'ping' }) } as unknown as Tool;
  const gateway = { registry: { get: () => tool } } as unknown as ToolGateway;
  const app = new Hono<HttpEnv>();
  app.use(async (context, next) => {
    context.set('principal', { name: 'ops', scopes: ['admin'] });
    await next();
  });
  for (const { method, path, handle } of operatorRoutes({ gateway, switchTool: () => 'done' }))
    app.on(method, path, handle);
  return app;
}

test('forcing open reaches every breaker of the tool', async () => {
  const breakers = ['ping@a', 'ping@b'].map((name) => new CircuitBreaker({ name }));
  const { status } = await routesFor(...breakers).request('/tools/ping/breaker/open', { method: 'POST' });
  expect(status).toBe(200);
  expect(breakers.map(({ forced }) => forced)).toEqual(['open', 'open']);
});

test.each(['open', 'close', 'reset'])(
  '%s of a tool without a breaker is a conflict, since it would do nothing',
  async (action) => {
    const response = await routesFor().request(`/tools/ping/breaker/${action}`, { method: 'POST' });
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({
      type: 'urn:mcp-server:problem:no_breaker',
      suggestion: 'To stop all calls of the tool, disable it.',
    });
  },
);
